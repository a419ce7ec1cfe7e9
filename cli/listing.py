"""The commands of ./desk with one line each, in the order they are listed; needs nothing installed, so that a fresh checkout can print it.

What a command does stands in the module named beside it.
"""

from reception_desk import IS_INSTALLED, PROGRAM

COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("cli.serving", "Set up what is missing and serve the office on http://127.0.0.1:8000"),
    "serve": ("cli.serving", "Serve an office that is set up already; --workers N on PostgreSQL"),
    "worker": ("cli.serving", "Do what falls due and carry out queued jobs, on this machine beside others; PostgreSQL"),
    "test": ("tools.testing", "Run every test, a real PostgreSQL and a real browser included (--quick: without these)"),
    "check": ("tools.checking", "Check format, lint, types, import contracts and generated docs; changes nothing"),
    "fix": ("tools.checking", "Put right what `check` can put right by itself: format, lint, generated docs"),
    "scenarios": ("cli.scenarios", "Play the agreed scenarios and show which sequence flows none of them takes"),
    "coverage": (
        "tools.coverage",
        "Say of every manual id whether it is done, only declared or missing",
    ),
    "bench": ("tools.bench", "Measure speed and growth against the floors of this machine, as ratios"),
    "decide": ("cli.language", "Evaluate a decision of any DMN file and say which rules matched"),
    "feel": ("cli.language", "Evaluate a FEEL expression over the variables of a context"),
    "tck": ("tools.tck", "Play DMN's compatibility kit and count by folder what passes, differs and is refused"),
    "docs": ("tools.docs", "Write the reference pages anew from what they describe, and wrap the lines of the others"),
    "words": ("tools.catalogue", "Take new texts into the Chinese catalogue, and list what is not translated yet"),
    "build": ("cli.building", "Build the pages and compile the translations"),
    "migrate": ("cli.database", "Bring the database to the current schema"),
    "seed": ("cli.database", "Fill an empty database with the demo office"),
    "copy-database": ("cli.relocation", "Move a SQLite office to an empty PostgreSQL and verify it"),
    "crash": ("tools.crash", "Kill an office of its own at random instants under load and check that nothing was lost"),
    "publish": (
        "cli.publication",
        "Publish processes/ into an office that has none yet; later make drafts of what differs",
    ),
    "diff": ("cli.publication", "List what differs between processes/ and what is published"),
    "begin": ("cli.cases", "Begin a case of a process that no complaint, date, process or service task begins"),
    "lint": ("cli.linting", "Check diagrams, decision tables and forms of any tool, in plain words"),
    "verify": ("cli.verify", "Prove that no record was altered: chain, rows, re-execution, ledger (--instance, --all)"),
    "export": ("cli.export", "Write cases as an XES event log for process mining (--xes FILE)"),
    "token": ("cli.access", "Make a bearer token of the REST API for a user"),
    "person": ("cli.access", "Say who a log-in is: employee number, numbers of the household"),
    "session-key": ("cli.access", "Replace the key of log-ins; everybody has to log in again"),
    "import-cdrs": ("cli.imports", "Read call detail records from a CSV file; all rows or none"),
}


# What a release does not bring: the tools of developers, and the sources of the pages.
OF_A_CHECKOUT = frozenset({"build", *(name for name, (module, _) in COMMANDS.items() if module.startswith("tools."))})


def available() -> dict[str, tuple[str, str]]:
    """Return the commands that there are here: module and summary by name."""
    return {name: row for name, row in COMMANDS.items() if not (IS_INSTALLED and name in OF_A_CHECKOUT)}


def lines() -> list[str]:
    """Return the list as it is printed."""
    commands = available()
    width = max(map(len, commands))
    return [
        f"{PROGRAM} COMMAND [--help]",
        "",
        *(f"  {name:<{width}}  {summary}" for name, (_, summary) in commands.items()),
    ]


if __name__ == "__main__":
    print("\n".join(lines()))
