"""All reference pages by their path under docs/reference/."""

from __future__ import annotations

from pathlib import Path

import engine.definitions
from tools.reference_pages import feel_page, problems_page, process_page, tables, tck_page
from tools.reference_pages.markdown import wrapped

MARK = "<!-- Written by ./desk docs; changes are made in what it describes. -->\n\n"


def render(directory: Path) -> dict[str, str]:
    """Return every page with its text, for the processes in `directory`."""
    definitions = {
        path.stem: engine.definitions.Definition(engine.definitions.read_package(directory, path.stem))
        for path in sorted(directory.glob("*.bpmn"))
    }
    texts = {f"processes/{key}.md": process_page.render(definition) for key, definition in definitions.items()}
    texts |= {
        "processes.md": tables.processes_page(definitions),
        "service-tasks.md": tables.service_tasks_page(),
        "errors.md": tables.errors_page(),
        "problems.md": problems_page.problems_page(),
        "history.md": tables.history_page(),
        "elements.md": tables.elements_page(),
        "commands.md": tables.commands_page(),
        "settings.md": tables.settings_page(),
        "feel.md": feel_page.feel_page(),
        "dmn-tck.md": tck_page.tck_page(),
    }
    return {name: MARK + wrapped(text) for name, text in texts.items()}
