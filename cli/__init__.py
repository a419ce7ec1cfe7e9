"""What an operator or an owner types after ./desk: each module parses, calls one verb and prints. No rule of the office lives here."""
