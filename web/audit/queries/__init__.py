"""What the auditor's pages ask the database, and no other room does."""
