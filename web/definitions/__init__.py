"""Definitions: the pages of processes, the editor and its drafts, trials, and the way from a draft to a version."""
