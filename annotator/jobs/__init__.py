"""Running jobs: a thread that takes rows, and a niced child process for each."""
