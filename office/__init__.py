"""What the reception room does outside BPMN: verbs that no diagram draws, and what is derived from history."""
