"""The only importer of SpiffWorkflow: where tokens stand, how they move, what is done to a case; parsing and codec."""
