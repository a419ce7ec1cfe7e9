"""The commands of ./desk, one module per group; each parses, calls one verb and prints. No rule of the office lives here."""
