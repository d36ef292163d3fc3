#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One data folder is served once under one name: the second process is told so, and a killed one leaves nothing behind.

usage: serve_twice.py CONGVAN
"""
import pathlib, subprocess, sys, tempfile

from checks import check, finish
from province import Service, free_ports

with tempfile.TemporaryDirectory() as folder:
    service = Service(sys.argv[1], f"{folder}/data")
    # The same folder on other ports, so that no address is taken.
    text = pathlib.Path(folder, "data/congvan.yaml").read_text()
    for old, new in zip((service.app, service.pki, service.internal), free_ports(3)):
        text = text.replace(f"port: {old}", f"port: {new}")
    second = pathlib.Path(folder, "data/second.yaml")
    second.write_text(text)
    for _ in range(2):
        service.start()
        refused = subprocess.run([sys.argv[1], "serve", "--config", second], capture_output=True, text=True, timeout=60)
        check(refused.returncode == 77 and "[node_already_serving]" in refused.stderr and refused.stderr.count("\n") == 1,
              f"a second one: {refused.returncode} {refused.stderr}")
        service.kill()
    service.start()
    check(service.stop() == 0, "stopped")
finish()
