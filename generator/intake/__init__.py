"""The way in for workbooks as offices make them: read, recognised, mended after a yes, merged by key, written.

``grid`` reads any file into cells, ``layout`` finds the table among titles and notes, ``answers`` turns what the check
would refuse into questions, ``merge`` compares with what is there, ``canonical`` writes, ``take`` leads through all.
"""
