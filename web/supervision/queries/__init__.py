"""What the pages of supervision ask the database, and no other room does."""
