"""The generated reference pages as text: what each says is read from processes, registry, settings and errors, never written here."""
