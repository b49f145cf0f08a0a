"""The walk through: two people and one event, from registering to logging out."""

from tools.postman import steps
from tools.postman.walk import looking_back, writing

DESCRIPTION = (
    "Runs by itself, in this order, against any server: Ada creates an event and shares it, Grace "
    "edits it, Ada compares, merges and goes back. Each step says what must be true of its answer."
)
STEPS = [
    *writing.ARRIVING,
    *writing.CREATING,
    *writing.EDITING,
    *looking_back.COMPARING,
    *looking_back.RETURNING,
    *looking_back.LEAVING,
]


def items() -> list[dict]:
    return [steps.item(step) for step in STEPS]
