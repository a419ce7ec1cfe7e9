"""How cases go on: the one writer of cases, what falls due, and the jobs that reach outside."""

from engine.running.doubts import Answer, Doubted
from engine.running.due import run_due
from engine.running.execution import Advanced, Change, InstanceEnded, KeyUsedAgain, UnknownInstance
from engine.running.jobs import enqueue, frames, survive
from engine.running.timers import run_clock
from engine.running.worker import begin_again, carry_out, do_job, failed_background, renew_leases, run_jobs, take_job

__all__ = [
    "Advanced",
    "Answer",
    "Change",
    "Doubted",
    "InstanceEnded",
    "KeyUsedAgain",
    "UnknownInstance",
    "begin_again",
    "carry_out",
    "do_job",
    "enqueue",
    "failed_background",
    "frames",
    "renew_leases",
    "run_clock",
    "run_due",
    "run_jobs",
    "survive",
    "take_job",
]
