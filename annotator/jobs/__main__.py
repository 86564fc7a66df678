"""``python -m annotator.jobs ID ATTEMPT``: the child process of a job."""

import signal


def _run() -> None:
    # Ctrl-C reaches every process of a terminal, this one perhaps while it is still loading: the
    # worker that started it says when to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from annotator import logs
    from annotator.jobs.child import main

    logs.init_logs()
    main()


if __name__ == "__main__":
    _run()
