"""What a developer types after ./desk: each module parses, calls one verb and prints. Nothing that an office needs is here."""
