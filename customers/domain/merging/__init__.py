from customers.domain.merging.choices import Choice, choices_of, default_choices
from customers.domain.merging.finding import (
    Pair,
    count_duplicates,
    find_duplicates,
    keep_first,
    known_apart,
    look_for_duplicates,
    not_known_apart,
)
from customers.domain.merging.undoing import preview_undo, undo_merge
from customers.domain.merging.verbs import merge_members, preview_merge

__all__ = [
    "Choice",
    "Pair",
    "choices_of",
    "count_duplicates",
    "default_choices",
    "find_duplicates",
    "keep_first",
    "known_apart",
    "look_for_duplicates",
    "merge_members",
    "not_known_apart",
    "preview_merge",
    "preview_undo",
    "undo_merge",
]
