"""Two themes of our own; Textual's stay available in the command palette."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="cnntutor-dark",
    primary="#5ec4b6",
    secondary="#7aa2f7",
    accent="#f2b05e",
    warning="#f2b05e",
    error="#ef6f6c",
    success="#8fce7e",
    foreground="#dfe5ea",
    background="#11161c",
    surface="#171e26",
    panel="#1f2832",
    dark=True,
    variables={
        "footer-key-foreground": "#5ec4b6",
        "border": "#3a4652",
        "border-blurred": "#2a343e",
        "block-cursor-foreground": "#11161c",
        "block-cursor-background": "#5ec4b6",
        "input-selection-background": "#5ec4b6 35%",
    },
)

LIGHT = Theme(
    name="cnntutor-light",
    primary="#0f766e",
    secondary="#2f5fb3",
    accent="#b45309",
    warning="#b45309",
    error="#b42318",
    success="#2f7d32",
    foreground="#1c242c",
    background="#fbfaf7",
    surface="#f3f1ec",
    panel="#e7e4dc",
    dark=False,
    variables={
        "footer-key-foreground": "#0f766e",
        "border": "#c9c4b8",
        "border-blurred": "#dcd8ce",
        "block-cursor-foreground": "#fbfaf7",
        "block-cursor-background": "#0f766e",
    },
)

OURS = (DARK, LIGHT)
DEFAULT = DARK.name
