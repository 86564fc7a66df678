"""Several threads at once, started together; what each returned or raised."""

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def together(actions: Sequence[Callable[[], T]], timeout: float = 60) -> list[T | Exception]:
    """Run all actions at the same time; their results in order, an error as the error itself."""
    start = threading.Barrier(len(actions))
    results: list[T | Exception] = [TimeoutError("did not end")] * len(actions)

    def run(place: int, action: Callable[[], T]) -> None:
        start.wait()
        try:
            results[place] = action()
        except Exception as error:  # noqa: BLE001 - handed to the test, which looks at all of them
            results[place] = error

    threads = [
        threading.Thread(target=run, args=(place, action), daemon=True)
        for place, action in enumerate(actions)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout)
    return results
