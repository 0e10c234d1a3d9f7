"""The server: ``python -m tests.deployment.account FILE`` prints its address and notes calls in the file, a line each.

It ends with its standard input: nothing of it is left when the process that started it is gone.
"""

import sys
from pathlib import Path

from moto.server import ThreadedMotoServer

from tests.deployment.account import bucket_policies, recorder, sagemaker, security_groups


def main() -> None:
    """Serve until the standard input ends."""
    for module in (bucket_policies, sagemaker, security_groups):
        module.extend()
    recorder.record(Path(sys.argv[1]))
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    print(f"http://{host}:{port}", flush=True)
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    main()
