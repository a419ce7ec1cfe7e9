"""What the pages of cases ask the database, and no other room does."""
