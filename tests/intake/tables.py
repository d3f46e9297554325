"""Tables as agencies write them, and the mappings of the guide that read them."""

from collections.abc import Iterable
from pathlib import Path

from throughcare.intake import tables
from throughcare.intake.archive import Member, of_bytes
from throughcare.intake.formats import Given, Piece
from throughcare.settings import Settings

MAPPINGS = Path(__file__).parents[2] / "docs/guides/tables"
CLIENTS = """Client ID,Last name,First name,Middle,Born,Sex,Phone,Email,Street,City,State,ZIP
C1,Reyes,Ana,,01/31/1950,F,555-0101,,1 Main St,Dayton,OH,45402
C2,"O'Neil, Jr.",Ben,Lee,12/02/1962,M,,ben@example.org,,,,
C3,Ng,Cid,,n/a,?,,,,,,
"""
VISITS = """Visit no;Client ID;Visit date;Reason;Weight kg
V1;C1;31.01.2026 09:30;Blood pressure;71,5
V2;C2;01.02.2026;Food;
"""
REFERRALS = """Referral,Client ID,Sent on,To,For,Outcome,Changed on,Note
R1,C1,01/15/2026,Legal aid,Eviction,open,01/15/2026,
"""
SCREENINGS = """Client ID,Asked on,Food,Housing
C1,01/15/2026,Y,N
C2,01/15/2026,N,Y
C3,01/15/2026,,Y
"""
ROSTER = """Member ID,SSN,Last Name,First Name,DOB,Sex,Eff Date,Term Date
M1,999-10-1111,Reyes,Ana,01/31/1950,F,01/01/2026,12/31/9999
M1,999-10-1111,Reyes,Ana,01/31/1950,F,01/01/2025,12/31/2025
"""
CLAIMS = """Claim,Line,Member ID,Kind,Status,Received,From,Through,Billing NPI,Procedure,Units,Diagnosis 1,Diagnosis 2,\
Charged,Paid
K1,1,M1,P,PAID,20260120,20260110,20260110,1245319599,99213,1,E11.9,I10,150.00,80.10
K1,2,M1,P,PAID,20260120,20260110,20260110,1245319599,83036,1,E11.9,I10,30.00,9.90
K2,1,M1,P,VOID,20260121,20260111,20260111,1245319599,99214,1,I10,,200,0
"""
BY_MAPPING = {
    "clients": CLIENTS, "visits": VISITS, "referrals": REFERRALS, "screenings": SCREENINGS, "roster": ROSTER,
    "claims": CLAIMS,
}  # fmt: skip


def site(folder: Path, **mappings: str) -> Settings:
    """An installation with the mappings of the guide and those given, as text."""
    at = folder / "mappings"
    at.mkdir(exist_ok=True)
    for path in MAPPINGS.glob("*.toml"):
        (at / path.name).write_text(path.read_text())
    for name, text in mappings.items():
        (at / f"{name}.toml").write_text(text)
    return Settings.read({}, data_dir=folder)


def pieces(data: str | bytes, settings: Settings, name: str = "table.csv") -> list[Piece]:
    member = table(data, name)
    source = tables.source_of([member], Given("files", settings))
    return list(tables.pieces([member], Given(source, settings)))


def table(data: str | bytes, name: str = "table.csv") -> Member:
    return of_bytes(name, data.encode() if isinstance(data, str) else data)


def reasons(found: Iterable[Piece]) -> list[str]:
    return [piece.reason for piece in found if piece.reason]
