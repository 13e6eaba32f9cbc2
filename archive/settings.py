"""The settings of one process; the only room that reads the environment, `.env` and `astana.toml`."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from archive.errors import SettingsError

PRODUCT = "AstanaArchive/0.1"
# The services that anyone may ask.
WAYBACK = "https://web.archive.org"
COMMONCRAWL_INDEX = "https://index.commoncrawl.org"
COMMONCRAWL_DATA = "https://data.commoncrawl.org"


def _resolve_table(value: object) -> object:
    """`host:port=address:port, …`, as curl's --resolve: fixed answers for named hosts."""
    if not isinstance(value, str):
        return value
    table: dict[str, str] = {}
    for entry in filter(None, (part.strip() for part in value.split(","))):
        name, _, target = entry.partition("=")
        host, _, port = name.rpartition(":")
        address, _, at = target.rpartition(":")
        if not (host and address and port.isdecimal() and at.isdecimal()):
            raise ValueError(f"{entry!r} is not host:port=address:port")
        table[name.lower()] = target
    return table


def _base(value: str) -> str:
    """The base address of a web archive, without a slash at its end."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"{value!r} is not the base address of a web archive (https://host, https://host/collection)")
    if "@" in parts.netloc:
        raise ValueError("the base address of a web archive holds no user name or password")
    return value.rstrip("/")


Base = Annotated[str, AfterValidator(_base)]


class Settings(BaseSettings):
    """Every setting a person may make; names are promises (docs/settings.md)."""

    model_config = SettingsConfigDict(
        env_prefix="ASTANA_", env_file=".env", toml_file="astana.toml", extra="ignore", frozen=True
    )

    store: str = "./data"
    catalog: str | None = None
    spool: Path | None = None
    outlets: Path | None = None
    topic: Path | None = None
    reading: Literal["fast", "thorough"] = "fast"
    processes: Annotated[int, Field(ge=1, le=64)] = 1
    user_agent: str = PRODUCT
    contact: str = "set ASTANA_CONTACT to an address that answers"
    public_url: str = ""
    vantage: str = ""
    resolve: Annotated[dict[str, str], NoDecode, BeforeValidator(_resolve_table)] = {}
    wayback_url: Base = WAYBACK
    commoncrawl_index_url: Base = COMMONCRAWL_INDEX
    commoncrawl_data_url: Base = COMMONCRAWL_DATA
    # Prefect's own variable: when it is set, runs are told to that server.
    prefect_api_url: Annotated[str | None, Field(validation_alias="PREFECT_API_URL")] = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given in code wins, then the environment, `.env`, `astana.toml`."""
        return init_settings, env_settings, dotenv_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def is_s3(self) -> bool:
        """Whether the shelves lie in a bucket."""
        return self.store.startswith("s3://")

    @cached_property
    def catalog_url(self) -> str:
        """The catalog as an SQLAlchemy URL; beside the shelves by default, a local cache for a bucket."""
        if self.catalog:
            return self.catalog if "://" in self.catalog else f"sqlite:///{Path(self.catalog).absolute()}"
        where = Path(f"catalog-{self._bucket_mark}.db") if self.is_s3 else Path(self.store) / "catalog.db"
        return f"sqlite:///{where.absolute()}"

    @cached_property
    def spool_dir(self) -> Path:
        """Where captures wait on local disk until their WARC is sealed."""
        if self.spool:
            return self.spool.absolute()
        return (Path(f"spool-{self._bucket_mark}") if self.is_s3 else Path(self.store) / "spool").absolute()

    @property
    def _bucket_mark(self) -> str:
        """Two buckets worked on from one folder must not share a catalog or a spool."""
        return hashlib.sha256(self.store.partition("?")[0].rstrip("/").encode()).hexdigest()[:8]

    @property
    def agent(self) -> str:
        """The User-Agent header: product and contact."""
        return f"{self.user_agent} (+{self.contact})"


def load_settings(**given: object) -> Settings:
    """Read all sources once.

    Raises:
        SettingsError: a value does not fit; the message names the setting.
    """
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks each value
    except ValidationError as error:
        first = error.errors()[0]
        name = "ASTANA_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(f"{name}: {first['msg']}") from None
    except (OSError, ValueError) as error:
        raise SettingsError(f"astana.toml or .env cannot be read: {error}") from None


def hand_down(values: Mapping[str, str | None]) -> None:
    """Set variables for libraries not yet imported and processes not yet started; None takes one away."""
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
