"""What the live engine counts and times, for whoever runs it. No participant's words, names or ids are in it."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

SOCKETS = Gauge("lab_sockets", "Open sockets of live rooms in this process.")
ROOMS = Gauge("lab_rooms", "Live rooms that this process serves.")
COMMANDS = Counter(
    "lab_commands", "Commands answered: accepted, duplicate, refused or retry (not decided).", ["answer"]
)
ACK_SECONDS = Histogram(
    "lab_ack_seconds", "From a command's arrival to its durable answer.", buckets=_SECONDS
)
COMMIT_SECONDS = Histogram("lab_commit_seconds", "One batch decided and made durable.", buckets=_SECONDS)
BATCH_COMMANDS = Histogram(
    "lab_batch_commands",
    "Commands made durable together.",
    buckets=(1, 2, 5, 10, 25, 50, 100, 250, 500, 1000),
)
FLUSH_SECONDS = Histogram(
    "lab_flush_seconds", "One flush: rendering, and writing to every socket.", buckets=_SECONDS
)
FRAMES = Counter("lab_frames", "Frames written to sockets.")
FRAME_BYTES = Counter("lab_frame_bytes", "Bytes of frames written to sockets.")
GAPS = Counter("lab_gaps", "Times this process found that it had missed events and read them from the log.")
RESYNCS = Counter(
    "lab_resyncs",
    "Whole views sent: to newcomers, after a gap, to slow sockets, after a restored backup, at another place.",
    ["reason"],
)
SLOW_SOCKETS = Gauge("lab_slow_sockets", "Sockets that don't read as fast as is written, left out for now.")
SLOW_CLOSED = Counter("lab_slow_sockets_closed", "Sockets closed because they had stopped reading.")
FLOODS = Counter("lab_floods", "Sockets closed because they sent far too much.")
LAYER_UP = Gauge("lab_layer_up", "1 while hints between processes get through, 0 while not; 1 without Redis.")
DIRECT_WRITES = Gauge(
    "lab_direct_writes", "1 if frames go straight to sockets, 0 on the server's public way."
)
