"""Settings: every one with its range and what it does, changed in place."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static
from textual.widgets.option_list import Option as Row

from cnntutor.errors import CnntutorError
from cnntutor.memory.settings import OPTIONS, Kind, Option, Settings
from cnntutor.services import Services
from cnntutor.tui.screens.room import EVERYWHERE, Room
from cnntutor.tui.widgets.scroller import Options

LABEL_WIDTH = 26
RESCHEDULES = "Cards are rescheduled by replaying your log when this changes."


class SettingsScreen(Room):
    """The list on the left; what the setting under the cursor means, and its new value, on the right."""

    HERE = "settings"
    DEFAULT_CSS = """
    SettingsScreen {
        .columns { height: 1fr; padding: 1 1 0 1; }
        Options { width: 1fr; height: 1fr; padding: 0 1; }
        .about { width: 1fr; height: 1fr; border-left: solid $border-blurred; padding: 0 2; }
        .about > Static { height: auto; margin-bottom: 1; }
        .name { text-style: bold; color: $primary; }
        .range, .effect { color: $text-muted; }
        .error { color: $error; }
        Input { display: none; margin-bottom: 1; }
        &.-editing Input { display: block; }
    }
    SettingsScreen.-narrow .columns { layout: vertical; }
    SettingsScreen.-narrow .about { width: 1fr; height: 11; border-left: none; border-top: solid $border-blurred; }
    SettingsScreen.-narrow .about > Static { margin-bottom: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "reset", "Back to the default"),
        *EVERYWHERE,
    ]

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._store = services.store

    def body(self) -> ComposeResult:
        with Horizontal(classes="columns"):
            yield Options(*(Row(self._row(option)) for option in OPTIONS))
            with Vertical(classes="about"):
                yield Static(classes="name")
                yield Static(classes="help")
                yield Static(classes="range")
                yield Input()
                yield Static(classes="error", markup=False)
                yield Static(classes="effect")

    def on_mount(self) -> None:
        options = self.query_one(Options)
        options.highlighted = 0
        options.focus()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._write_rows())

    def _row(self, option: Option) -> Text:
        value = getattr(self._store.settings, option.name)
        text = Text(no_wrap=True, overflow="ellipsis")
        text.append(option.label.ljust(LABEL_WIDTH))
        text.append(option.show(value) or "usual", style="bold" if value != option.default else "")
        return text

    def _write_rows(self) -> None:
        options = self.query_one(Options)
        for index, option in enumerate(OPTIONS):
            options.replace_option_prompt_at_index(index, self._row(option))

    def _chosen(self) -> Option:
        return OPTIONS[self.query_one(Options).highlighted or 0]

    @on(Options.OptionHighlighted)
    def _describe(self, event: Options.OptionHighlighted) -> None:
        event.stop()
        self._stop_editing()
        option = OPTIONS[event.option_index]
        self.query_one(".name", Static).update(option.label)
        self.query_one(".help", Static).update(option.help)
        self.query_one(".range", Static).update(range_line(option))
        self.query_one(".effect", Static).update(RESCHEDULES if option.reschedules else "")

    @on(Options.OptionSelected)
    def action_change(self) -> None:
        option = self._chosen()
        if option.name == "theme":
            self.app.search_themes()
        elif option.kind is Kind.SWITCH:
            self._set(option, "off" if getattr(self._store.settings, option.name) else "on")
        else:
            self._edit(option)

    def _edit(self, option: Option) -> None:
        field = self.query_one(Input)
        field.value = option.show(getattr(self._store.settings, option.name))
        self.add_class("-editing")
        self.call_after_refresh(field.focus)

    def _stop_editing(self) -> None:
        self.remove_class("-editing")
        self.query_one(".error", Static).update("")

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        if self._set(self._chosen(), event.value):
            self._stop_editing()
            self.query_one(Options).focus()

    def _set(self, option: Option, text: str) -> bool:
        """Save a new value; say beside the field why it does not fit, and keep the old one."""
        try:
            settings = self._store.settings.changed(option.name, text)
        except CnntutorError as error:
            self.query_one(".error", Static).update(str(error))
            return False
        if option.reschedules:
            self.query_one(".effect", Static).update("Replaying your log …")
        self._save(settings)
        return True

    @work(thread=True, exclusive=True, group="settings")
    def _save(self, settings: Settings) -> None:
        """Keep the settings. With a long log the replay takes seconds, so the screen does not wait for it."""
        try:
            self._store.save_settings(settings)
        except CnntutorError as error:
            self.app.call_from_thread(self.notify, str(error), severity="error", timeout=10)
        self.app.call_from_thread(self._saved)

    def _saved(self) -> None:
        self._write_rows()
        reschedules = self._chosen().reschedules
        self.query_one(".effect", Static).update(RESCHEDULES if reschedules else "")

    def action_reset(self) -> None:
        option = self._chosen()
        if option.name == "theme":
            self.app.theme = str(option.default)
        else:
            self._set(option, option.show(option.default))

    def action_back(self) -> None:
        if self.has_class("-editing"):
            self._stop_editing()
            self.query_one(Options).focus()
        else:
            super().action_back()


def range_line(option: Option) -> str:
    """What a setting may be, and what it is unless changed."""
    usual = option.show(option.default) or "none written"
    if option.kind in {Kind.WHOLE, Kind.NUMBER}:
        return f"From {option.low:g} to {option.high:g}. Unless you change it: {usual}."
    return f"Unless you change it: {usual}."
