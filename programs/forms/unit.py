"""Labels in what the business calls its points: "How many leaves"."""

from typing import Any

from django import forms

from programs.domain.accounts import points_program
from programs.enums import ProgramKind
from programs.models import Program
from programs.words.unit import as_title


def name_unit(form: forms.Form, program: Program | None = None, **labels: str) -> None:
    """Label fields with the word for several of them, in the middle (`%(unit)s`) or at the start (`%(Unit)s`).

    Of the business's program for points, where none is given; without one, and of money, the labels stay as they are.
    """
    program = program or points_program()
    if program is None or program.kind == ProgramKind.CREDIT:
        return
    words = {"unit": program.unit_many, "Unit": as_title(program, "")}
    for name, label in labels.items():
        form.fields[name].label = label % words


def name_choice(form: forms.Form, field: str, value: str = "points", *, label: str = "%(Unit)s") -> None:
    """The same for one choice of a field."""
    program = points_program()
    if program is None:
        return
    words = {"unit": program.unit_many, "Unit": as_title(program, "")}
    found = form.fields[field]
    assert isinstance(found, forms.ChoiceField)
    choices: Any = found.choices
    found.choices = [(key, label % words if key == value else said) for key, said in choices]
