"""Releases: ``compare`` says what would change, ``publish`` writes a release, ``tree`` puts it where it is served,
``verify`` proves it, ``withdraw`` takes something out of everything, ``inputs`` knows what a site is made from.

The only writers below ``data/releases/``. What a record holds: ``generator.records``.
"""
