"""Dying with the parent, so that no process stays behind when a supervisor is killed."""

import ctypes
import os
import signal
import sys

SUPERVISOR = "MITWIRKEN_SUPERVISOR"  # the process id of who has started us, set by `supervise`
_PR_SET_PDEATHSIG = 1


def end_with_parent(number: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel (Linux only) to send this process `number` when the one that started it dies."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


def end_with_supervisor() -> None:
    """End when the supervisor dies, even if it has died already; nothing where there is none."""
    supervisor = os.environ.get(SUPERVISOR)
    if not supervisor:
        return
    end_with_parent()
    if supervisor != str(os.getppid()):
        raise SystemExit(1)
