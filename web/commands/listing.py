"""The commands of ./desk with one line each, in the order they are listed; needs nothing installed, so that a fresh checkout can print it.

What a command does stands in the module named beside it.
"""

COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("serving", "Set up what is missing and serve the office on http://127.0.0.1:8000"),
    "serve": ("serving", "Serve an office that is set up already; --workers N on PostgreSQL"),
    "worker": ("serving", "Do what falls due and carry out queued jobs, on this machine beside others; PostgreSQL"),
    "test": ("testing", "Run every test, a real PostgreSQL and a real browser included (--quick: without these)"),
    "check": ("checking", "Check format, lint, types, import contracts and generated docs; changes nothing"),
    "fix": ("checking", "Put right what `check` can put right by itself: format, lint, generated docs"),
    "scenarios": ("scenarios", "Play the agreed scenarios and show which sequence flows none of them takes"),
    "coverage": (
        "coverage",
        "Say of every manual id whether it is done, only declared or missing, and which elements declare none",
    ),
    "bench": ("bench", "Measure speed and growth against the floors of this machine, as ratios"),
    "decide": ("language", "Evaluate a decision of any DMN file and say which rules matched"),
    "feel": ("language", "Evaluate a FEEL expression over the variables of a context"),
    "tck": ("tck", "Play DMN's compatibility kit and count by folder what passes, differs and is refused"),
    "docs": ("docs", "Write the reference pages anew from processes, service tasks, settings and errors"),
    "words": ("words", "Take new texts into the Chinese catalogue, and list what is not translated yet"),
    "build": ("building", "Build the pages and compile the translations"),
    "migrate": ("database", "Bring the database to the current schema"),
    "seed": ("database", "Fill an empty database with the demo office"),
    "copy-database": ("relocation", "Move a SQLite office to an empty PostgreSQL and verify it"),
    "crash": ("crash", "Kill an office of its own at random instants under load and check that nothing was lost"),
    "publish": (
        "publication",
        "Publish processes/ into an office that has none yet; later make drafts of what differs",
    ),
    "diff": ("publication", "List what differs between processes/ and what is published"),
    "lint": ("linting", "Check diagrams, decision tables and forms of any tool, in plain words"),
    "verify": ("verify", "Prove that no record was altered: chain, rows, re-execution, ledger (--instance, --all)"),
    "export": ("export", "Write cases as an XES event log for process mining (--xes FILE)"),
    "token": ("access", "Make a bearer token of the REST API for a user"),
    "person": ("access", "Say who a log-in is: employee number, numbers of the household"),
    "session-key": ("access", "Replace the key of log-ins; everybody has to log in again"),
    "import-cdrs": ("imports", "Read call detail records from a CSV file; all rows or none"),
}


def lines() -> list[str]:
    """The list as it is printed."""
    width = max(map(len, COMMANDS))
    return [
        "./desk COMMAND [--help]",
        "",
        *(f"  {name:<{width}}  {summary}" for name, (_, summary) in COMMANDS.items()),
    ]


if __name__ == "__main__":
    print("\n".join(lines()))
