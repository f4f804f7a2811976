"""The errors whose message is meant for the user."""

from __future__ import annotations

from bandmate.bridge.names import PortError
from bandmate.daemon.config import ConfigError
from bandmate.daemon.song import SongError
from bandmate.models.contract import ModelError
from bandmate.presets.preset import PresetError

EXPECTED = (ConfigError, ModelError, PortError, PresetError, SongError)
