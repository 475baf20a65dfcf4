"""What changes in public against the last release: ``published`` reads both sides, ``rows`` and ``figures`` compare
them, ``reasons`` says why a number that was published is another one, ``warnings`` what looks wrong, ``changes`` puts
it together; ``told`` and the page ``sheet.html.j2`` say it.

Both sides are what the site publishes (``data/**.json``): what is not public cannot be told by comparing.
"""
