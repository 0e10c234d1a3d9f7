"""Diagrams of a node's decisions, drawn from the rules' own settings, for Kedro-Viz.

What a box says of a setting is the setting's own description, so that a diagram cannot tell another story; the value
of this run stands below the diagram, among the node's parameters.
"""

import html
import re
from collections.abc import Iterable

from kedro.pipeline.preview_contract import MermaidPreview, Meta
from pydantic import BaseModel

#: In its own size, and compact: Mermaid would fit it to a narrow frame, where nobody could read it.
_SIZE: Meta = {
    "flowchart": {"useMaxWidth": False, "nodeSpacing": 24, "rankSpacing": 22, "padding": 10, "wrappingWidth": 320},
    "themeVariables": {"fontSize": "13px"},
}

_TEXT = re.compile(r'"[^"]*"|\|[^|]*\|')
_SHORT = 45
_WITHOUT_BREAK = str.maketrans({" ": "\N{NO-BREAK SPACE}", "-": "\N{NON-BREAKING HYPHEN}"})


def flowchart(steps: Iterable[str]) -> MermaidPreview:
    """A chart from top to bottom, one statement of Mermaid's a step."""
    lines = (f"    {_TEXT.sub(_keep_short_lines, step)}" for step in steps)
    return MermaidPreview(content="\n".join(["flowchart TB", *lines]), meta=_SIZE)


def setting(group: type[BaseModel], name: str) -> str:
    """A setting and what it means, as the text of a box.

    Raises:
        KeyError: The group has no such setting any more.

    >>> from pydantic import Field
    >>> class Rules(BaseModel):
    ...     months: int = Field(12, description="How many.")
    >>> setting(Rules, "months")
    '<b>months</b><br/>How many.'
    """
    description = group.model_fields[name].description or ""
    return f"<b>{name}</b><br/>{html.escape(description)}"


def _keep_short_lines(text: re.Match[str]) -> str:
    """Kedro-Viz would break a line in two that Mermaid has measured, and made a box for, as one."""
    lines = text.group().split("<br/>")
    return "<br/>".join(line.translate(_WITHOUT_BREAK) if len(line) < _SHORT else line for line in lines)
