"""The image, compose.yaml and the manifests for Kubernetes: valid, hardened, and with commands that fangzhi has."""

from __future__ import annotations

import ipaddress
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import kubernetes_validate
import pytest
import yaml
from attrs import fields_dict
from jsonschema import Draft7Validator

from crawler.cli.main import COMMANDS, cli
from crawler.config.config import Config
from tests.fangzhi import ROOT

DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service["image"] == "fangzhi"]

COMPOSE_SPECIFICATION = Path(__file__).with_name("compose_spec.json")
"""The schema of docker-compose 1.29.2 (Apache-2.0); it is older than the key `name`."""

PRIVATE = ("10.1.2.3", "127.0.0.1", "169.254.169.254", "172.20.0.1", "192.168.1.1", "100.64.0.1", "fd00::1", "fe80::1")
PUBLIC = ("114.114.114.114", "202.96.134.133", "2400:3200::1")


def manifests() -> Iterator[dict[str, Any]]:
    """Yield each object of the manifests as it is written, without kustomize."""
    for name in yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text("utf-8"))["resources"]:
        yield from yaml.safe_load_all((KUBERNETES / name).read_text("utf-8"))


def pods() -> dict[str, dict[str, Any]]:
    """Return the specification of each pod by the name of its object."""
    found = {}
    for each in manifests():
        specification = each.get("spec", {})
        specification = specification.get("jobTemplate", {}).get("spec", specification)
        if "template" in specification:
            found[each["metadata"]["name"]] = specification["template"]["spec"]
    return found


def arguments() -> dict[str, list[str]]:
    """Return the arguments of fangzhi in each place."""
    found = {f"compose {name}": SERVICES[name]["command"] for name in OURS if "entrypoint" not in SERVICES[name]}
    found |= {f"kubernetes {name}": pod["containers"][0]["args"] for name, pod in pods().items()}
    found["Containerfile"] = json.loads(re.findall(r"^CMD (.*)$", CONTAINERFILE, re.MULTILINE)[-1])
    return found


def test_hadolint_finds_nothing_in_the_containerfile() -> None:
    program = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([program, DEPLOY / "Containerfile"], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_image_has_no_root_a_healthcheck_and_labels() -> None:
    assert re.findall(r"^USER (.*)$", CONTAINERFILE, re.MULTILINE)[-1] == "10001:10001"
    assert "\nHEALTHCHECK " in CONTAINERFILE
    assert "org.opencontainers.image.licenses" in CONTAINERFILE


def test_the_build_gets_what_it_needs_and_no_tests() -> None:
    patterns = (DEPLOY / "Containerfile.dockerignore").read_text("utf-8").split()
    kept = {pattern.removeprefix("!") for pattern in patterns if pattern.startswith("!")}
    assert patterns[0] == "*"
    assert all((ROOT / name).exists() for name in kept)
    assert kept >= {"crawler", "fangzhi", "pipelines", "pyproject.toml", "requirements.lock", "README.md", "LICENSE"}


def test_compose_is_valid() -> None:
    schema = json.loads(COMPOSE_SPECIFICATION.read_text("utf-8"))
    document = {key: value for key, value in COMPOSE.items() if key != "name"}
    assert [error.message for error in Draft7Validator(schema).iter_errors(document)] == []


def test_the_schema_of_compose_finds_a_misspelt_key() -> None:
    schema = json.loads(COMPOSE_SPECIFICATION.read_text("utf-8"))
    assert list(Draft7Validator(schema).iter_errors({"services": {"a": {"imag": "x"}}}))


def test_references_of_compose_exist() -> None:
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= SERVICES.keys()
        assert set(service["networks"]) <= COMPOSE["networks"].keys()
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            if source == "./sites":
                continue  # a folder of the operator
            assert (DEPLOY / source).exists() if source.startswith("./") else source in COMPOSE["volumes"], source
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    example = (DEPLOY / "compose" / "env.example").read_text("utf-8")
    assert set(re.findall(r"\$\{(\w+):\?", text)) == set(re.findall(r"^(\w+)=", example, re.MULTILINE))
    assert not re.findall(r"^\w+=.+", example, re.MULTILINE), "the example has no passwords that would stay"


@pytest.mark.parametrize("name", OURS)
def test_a_service_of_ours_is_hardened(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert "privileged" not in service


@pytest.mark.parametrize("name", SERVICES)
def test_a_port_is_open_on_this_machine_only_and_an_image_has_a_version(name: str) -> None:
    service = SERVICES[name]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert "no-new-privileges:true" in service["security_opt"]
    assert name in OURS or re.search(r":v?\d", service["image"])


@pytest.mark.parametrize("document", list(manifests()), ids=lambda each: f"{each['kind']}-{each['metadata']['name']}")
def test_a_manifest_is_valid(document: dict[str, Any]) -> None:
    kubernetes_validate.validate(document, "1.31", strict=True)


def test_the_check_of_manifests_finds_a_misspelt_key() -> None:
    document = next(each for each in manifests() if each["kind"] == "Deployment")
    document["spec"]["replica"] = 2
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(document, "1.31", strict=True)


@pytest.mark.skipif(not shutil.which("kubectl"), reason="kubectl is not installed")
def test_kustomize_builds_valid_objects() -> None:
    done = subprocess.run(
        ["kubectl", "kustomize", str(KUBERNETES)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    built = list(yaml.safe_load_all(done.stdout))
    assert len(built) == len(list(manifests())) + 1, "the settings are one more"
    for each in built:
        kubernetes_validate.validate(each, "1.31", strict=True)


@pytest.mark.parametrize("name", pods())
def test_a_pod_fits_the_restricted_standard(name: str) -> None:
    pod = pods()[name]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in pod["containers"]:
        context = container["securityContext"]
        assert (context["readOnlyRootFilesystem"], context["allowPrivilegeEscalation"]) == (True, False)
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert "memory" in container["resources"]["limits"]


def test_schedulers_share_a_frontier_and_keep_names_and_volumes() -> None:
    (schedule,) = (each for each in manifests() if each["kind"] == "StatefulSet")
    settings = dict(line.split("=", 1) for line in (KUBERNETES / "settings.env").read_text("utf-8").split("\n") if line)
    assert schedule["spec"]["replicas"] > 1
    assert settings["FANGZHI_CATALOGUE"].startswith("postgresql+psycopg://")
    assert "FANGZHI_FRONTIER" not in settings, "it is in the database of the catalogue"
    (volume,) = schedule["spec"]["volumeClaimTemplates"]
    mounts = pods()["schedule"]["containers"][0]["volumeMounts"]
    (path,) = (each["mountPath"] for each in mounts if each["name"] == volume["metadata"]["name"])
    assert settings["FANGZHI_SPOOL"].startswith(f"{path}/")


@pytest.mark.parametrize("address", [*PRIVATE, *PUBLIC])
def test_crawls_reach_public_addresses_and_no_private_ones(address: str) -> None:
    policies = [each for each in manifests() if each["kind"] == "NetworkPolicy" and each["metadata"]["name"] != "serve"]
    blocks = [
        to["ipBlock"] for each in policies for rule in each["spec"]["egress"] for to in rule["to"] if "ipBlock" in to
    ]
    assert any(_allows(block, ipaddress.ip_address(address)) for block in blocks) == (address in PUBLIC)


def _allows(block: dict[str, Any], address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    inside, *outside = (ipaddress.ip_network(each) for each in (block["cidr"], *block.get("except", ())))
    return address in inside and not any(address in each for each in outside)


@pytest.mark.parametrize("place", arguments())
def test_fangzhi_has_the_commands_and_options(place: str) -> None:
    name, *options = arguments()[place]
    if name not in COMMANDS:
        assert name == "serve", "the reading room is an extra"
        return
    command = cli.get_command(click.Context(cli), name)
    assert command
    command.make_context(name, list(options), resilient_parsing=False)


def test_the_settings_exist() -> None:
    variables = [
        *SERVICES["schedule"]["environment"],
        *re.findall(r"^(\w+)=", (KUBERNETES / "settings.env").read_text("utf-8"), re.MULTILINE),
    ]
    names = [name.removeprefix("FANGZHI_").lower() for name in variables if name.startswith("FANGZHI_")]
    assert names
    assert set(names) <= fields_dict(Config).keys()


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool (Debian package prometheus) is not installed")
def test_the_configuration_of_prometheus_is_valid() -> None:
    command = ["promtool", "check", "config", str(DEPLOY / "prometheus" / "prometheus.yml")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
