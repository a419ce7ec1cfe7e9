"""What everything else stands on: the one XML parser, the one YAML reader, what JSON leaves open, the one clock, ciphers, the kinds of error."""

from engine.ground.ciphers import ephemeral_keys
from engine.ground.errors import MOST_FINDINGS, first_findings
from engine.ground.json import key_twice
from engine.ground.xml import MalformedXml, decoded_file
from engine.ground.yaml import MalformedYaml, read_yaml, write_yaml

__all__ = [
    "MOST_FINDINGS",
    "MalformedXml",
    "MalformedYaml",
    "decoded_file",
    "ephemeral_keys",
    "first_findings",
    "key_twice",
    "read_yaml",
    "write_yaml",
]
