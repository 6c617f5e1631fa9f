"""`manage.py demo load|remove|people`: sample businesses with a year behind them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from programs.demo.load import (
    SAMPLES,
    load_samples,
    play_next_door,
    play_sample,
    remove_samples,
    sign_in_lines,
)
from programs.demo.neighbour import SLUG


class Command(BaseCommand):
    help = "Load two sample businesses with a year of guests, purchases and rewards; or remove them again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("load", help="play every sample that is not there yet, and say who can sign in")
        play = actions.add_parser("play", help="play one sample in this process")
        play.add_argument("slug", choices=sorted([*SAMPLES, SLUG]))
        actions.add_parser("remove", help="delete the samples and everything in them")
        actions.add_parser("people", help="say who can sign in")

    def handle(self, *args: Any, action: str, slug: str = "", **options: Any) -> None:
        if action == "play":
            play_next_door() if slug == SLUG else play_sample(SAMPLES[slug])
        elif action == "remove":
            removed = remove_samples()
            self.stdout.write(f"Removed: {', '.join(removed) or 'there was nothing'}.")
        else:
            if action == "load":
                load_samples()
            for line in sign_in_lines():
                self.stdout.write(line)
