"""The only importer of SpiffWorkflow: adapter, environment, codec, pruning."""
