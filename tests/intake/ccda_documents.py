"""Clinical documents as tests need them: a header, and sections with the entries given."""

HEAD = """<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:sdtc="urn:hl7-org:sdtc"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<id root="2.16.840.1.113883.19.5" extension="{document}"/>
<code code="{code}" codeSystem="2.16.840.1.113883.6.1"/><title>Summary</title>
<effectiveTime value="20260310093000-0500"/><confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/>
<recordTarget><patientRole><id root="2.16.840.1.113883.19.5.1" extension="{patient}"/>
<addr use="HP"><streetAddressLine>1 Elm St</streetAddressLine><city>Troy</city><state>NY</state>
<postalCode>12180</postalCode></addr><telecom use="MC" value="tel:+1-518-555-0100"/>
<patient><name use="L"><given>Ana</given><family>Lopez</family></name>
<administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="19500131"/>
<languageCommunication><languageCode code="es"/><preferenceInd value="true"/></languageCommunication>
</patient></patientRole></recordTarget>
<author><time value="20260310"/><assignedAuthor><id root="2.16.840.1.113883.4.6" extension="1234567893"/>
<assignedPerson><name><given>Bo</given><family>Hart</family></name></assignedPerson></assignedAuthor></author>
{header}<component><structuredBody>{body}</structuredBody></component></ClinicalDocument>"""


def document(
    *sections: str, code: str = "34133-9", header: str = "", patient: str = "MRN7", document: str = "D1"
) -> bytes:
    parts = "".join(f"<component>{one}</component>" for one in sections)
    return HEAD.format(code=code, header=header, body=parts, patient=patient, document=document).encode()


def section(code: str, *entries: str, text: str = "") -> str:
    inside = "".join(f"<entry>{one}</entry>" for one in entries)
    return f'<section><code code="{code}" codeSystem="2.16.840.1.113883.6.1"/><text>{text}</text>{inside}</section>'


def t(number: str) -> str:
    return f'<templateId root="2.16.840.1.113883.10.20.22.4.{number}"/>'


def id_of(name: str) -> str:
    return f'<id root="2.16.840.1.113883.19.5.2" extension="{name}"/>' if name else ""


SNOMED, LOINC, RXNORM = "2.16.840.1.113883.6.96", "2.16.840.1.113883.6.1", "2.16.840.1.113883.6.88"


def problem(
    name: str, code: str, *, more: str = "", negated: bool = False, low: str = "20200102", high: str = ""
) -> str:
    end = f'<high value="{high}"/>' if high else ""
    denied = ' negationInd="true"' if negated else ""
    return f"""<act classCode="ACT" moodCode="EVN">{t("3")}{id_of(f"c{name}" if name else "")}
<statusCode code="active"/><entryRelationship typeCode="SUBJ">
<observation classCode="OBS" moodCode="EVN"{denied}>{t("4")}{id_of(name)}<statusCode code="completed"/>
<effectiveTime><low value="{low}"/>{end}</effectiveTime>
<value xsi:type="CD" code="{code}" codeSystem="{SNOMED}"/>{more}</observation></entryRelationship></act>"""


def observation(template: str, code: str, value: str, *, name: str = "", negated: bool = False, more: str = "") -> str:
    denied = ' negationInd="true"' if negated else ""
    return f"""<observation classCode="OBS" moodCode="EVN"{denied}>{t(template)}{id_of(name)}
<code code="{code}" codeSystem="{LOINC}"/><statusCode code="completed"/><effectiveTime value="202603091415"/>
{value}{more}</observation>"""


def medication(name: str, code: str, *, mood: str = "EVN", more: str = "") -> str:
    return f"""<substanceAdministration classCode="SBADM" moodCode="{mood}">{t("16")}{id_of(name)}
<statusCode code="active"/><effectiveTime xsi:type="IVL_TS"><low value="20260101"/></effectiveTime>
<effectiveTime xsi:type="PIVL_TS" operator="A"><period value="12" unit="h"/></effectiveTime>
<doseQuantity value="1.50" unit="mg"/><consumable><manufacturedProduct><manufacturedMaterial>
<code code="{code}" codeSystem="{RXNORM}"/></manufacturedMaterial></manufacturedProduct></consumable>{more}
</substanceAdministration>"""
