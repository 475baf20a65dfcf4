"""民生公开门户: tables of a city's livelihood work in, an accountable website out."""

__version__ = "0.1.0"
