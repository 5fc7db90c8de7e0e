"""A made-up school whose marks follow a known law, so that there is something true to predict."""

from mlcore.synth.chunk import SynthChunk, students
from mlcore.synth.draw import NO_DAY
from mlcore.synth.frames import as_tables
from mlcore.synth.plan import SchoolPlan, SynthSpec, plan

__all__ = ["NO_DAY", "SchoolPlan", "SynthChunk", "SynthSpec", "as_tables", "plan", "students"]
