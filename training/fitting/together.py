"""One process that teaches alone, or one of several that teach the same generator side by side.

Lightning Fabric finds the device, the precision and, under torchrun, the other processes. Gradients
are averaged by hand, in one message an update, and not by a wrapped network: a critic's slope penalty
differentiates twice, which wrapped networks do not promise to support.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

import torch
from lightning_fabric import Fabric
from torch import Tensor

PRECISIONS = ("auto", "32-true", "bf16-mixed")
DEVICES = ("auto", "cpu", "cuda", "mps")


class Together:
    """device: one of DEVICES, ValueError if it is not there; precision: one of PRECISIONS, `auto` being
    bfloat16 where it computes fast.

    threads: of the processor's arithmetic, 0 as torch chooses; measured on two cores beside other work, a
    second one makes a band's small convolutions ten times slower, so more processes serve better.

    rank: which process this is, of `world`; the first one writes the files.
    """

    def __init__(self, device: str = "auto", precision: str = "32-true", threads: int = 1) -> None:
        local = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
        several = int(os.environ.get("WORLD_SIZE", "1")) > 1
        if threads:
            torch.set_num_threads(threads)
        logging.getLogger("lightning_fabric").setLevel(logging.WARNING)
        chosen = _found(device)
        self.fabric = Fabric(
            accelerator=chosen,
            devices=local,
            num_nodes=int(os.environ.get("WORLD_SIZE", "1")) // local if several else 1,
            strategy="ddp" if several else "auto",
            precision=_exact(precision, chosen),
        )
        if several:
            self.fabric.launch()
        self.device: torch.device = self.fabric.device
        self.rank: int = self.fabric.global_rank
        self.world: int = self.fabric.world_size

    @property
    def first(self) -> bool:
        """Whether this is the process that writes."""
        return self.rank == 0

    @contextmanager
    def first_alone(self) -> Iterator[bool]:
        """A stretch that no process enters before all are there, or leaves before the first has; whether this
        is the first."""
        self.fabric.barrier()
        yield self.first
        self.fabric.barrier()

    def autocast(self) -> AbstractContextManager[None]:
        """Arithmetic in the chosen precision."""
        arithmetic: AbstractContextManager[None] = self.fabric.autocast()
        return arithmetic

    def share(self, batch: int) -> slice:
        """The windows of a batch that are this process's. Raises ValueError if they can't be dealt evenly."""
        if batch % self.world:
            raise ValueError(f"a batch of {batch} can't be dealt to {self.world} processes; change it")
        each = batch // self.world
        return slice(self.rank * each, (self.rank + 1) * each)

    def average(self, parameters: Iterable[torch.nn.Parameter]) -> None:
        """Every gradient becomes its mean over all processes."""
        if self.world == 1:
            return
        found = [p.grad for p in parameters if p.grad is not None]
        mean = self.fabric.all_reduce(torch.cat([g.flatten() for g in found]), reduce_op="mean")
        for grad, piece in zip(found, mean.split([g.numel() for g in found]), strict=True):
            grad.copy_(piece.view_as(grad))

    def mean(self, values: Mapping[str, Tensor]) -> dict[str, float]:
        """Values by name, each its mean over all processes."""
        row = torch.stack([value.detach().float() for value in values.values()])
        if self.world > 1:
            row = self.fabric.all_reduce(row, reduce_op="mean")
        return dict(zip(values, row.tolist(), strict=True))

    def agree(self, yes: bool) -> bool:
        """Whether any process says yes."""
        if self.world == 1:
            return yes
        return bool(self.fabric.all_reduce(torch.tensor(float(yes), device=self.device), reduce_op="sum") > 0)


def _found(device: str) -> str:
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if device == "auto":
        return next(name for name, is_there in there.items() if is_there)
    if not there[device]:
        raise ValueError(f"there is no {device} device here; leave --device out, or say --device cpu")
    return device


def _exact(precision: str, device: str) -> str:
    if precision != "auto":
        return precision
    fast = device == "cpu" or (device == "cuda" and torch.cuda.is_bf16_supported())
    return "bf16-mixed" if fast else "32-true"
