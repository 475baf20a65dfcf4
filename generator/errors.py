"""What can stop the program, and the exit status that each kind leads to.

Problems of the data are not exceptions: they are collected as ``model.Problem``.
"""


class PortalError(Exception):
    """Base of everything that is explained to the user in one Chinese line, without a traceback."""

    exit_status = 3


class InputError(PortalError):
    """The input has problems that a clerk can mend."""

    exit_status = 1


class UsageError(PortalError):
    """The command, its options or the configuration are wrong."""

    exit_status = 2


class MachineError(PortalError):
    """The machine failed: disk, memory, permissions, a process that died."""


class ProgramError(PortalError):
    """The program contradicts itself: two pages on one path, a link to nowhere. Not the clerk's fault."""
