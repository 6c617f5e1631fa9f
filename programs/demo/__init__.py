"""Sample businesses with a year behind them, played through the same functions that real ones use."""
