"""The NIBRS offenses that the generated sample uses: codes and names of the FBI's list, and how often they occur."""

from __future__ import annotations

from typing import NamedTuple


class NibrsOffense(NamedTuple):
    """An offense: NIBRS code and name, its category, group A or B, and Person, Property or Society.

    ``statute`` is an example of a California statute that is reported as it; ``weight`` is its share in per mille.
    """

    code: str
    name: str
    category: str
    group: str
    against: str
    statute: str
    weight: float


NIBRS_OFFENSES = (
    NibrsOffense("09A", "Murder and Nonnegligent Manslaughter", "Homicide Offenses", "A", "Person", "187(A)", 1.2),
    NibrsOffense("100", "Kidnapping/Abduction", "Kidnapping/Abduction", "A", "Person", "207(A)", 4),
    NibrsOffense("11A", "Rape", "Sex Offenses", "A", "Person", "261(A)(2)", 8),
    NibrsOffense("11D", "Fondling", "Sex Offenses", "A", "Person", "243.4(E)(1)", 9),
    NibrsOffense("120", "Robbery", "Robbery", "A", "Property", "211", 35),
    NibrsOffense("13A", "Aggravated Assault", "Assault Offenses", "A", "Person", "245(A)(1)", 75),
    NibrsOffense("13B", "Simple Assault", "Assault Offenses", "A", "Person", "242", 125),
    NibrsOffense("13C", "Intimidation", "Assault Offenses", "A", "Person", "422(A)", 35),
    NibrsOffense("200", "Arson", "Arson", "A", "Property", "451(D)", 7),
    NibrsOffense("210", "Extortion/Blackmail", "Extortion/Blackmail", "A", "Property", "518(A)", 4),
    NibrsOffense("220", "Burglary/Breaking & Entering", "Burglary/Breaking & Entering", "A", "Property", "459", 72),
    NibrsOffense("23A", "Pocket-picking", "Larceny/Theft Offenses", "A", "Property", "487(C)", 7),
    NibrsOffense("23C", "Shoplifting", "Larceny/Theft Offenses", "A", "Property", "459.5(A)", 65),
    NibrsOffense("23D", "Theft From Building", "Larceny/Theft Offenses", "A", "Property", "484(A)", 30),
    NibrsOffense("23F", "Theft From Motor Vehicle", "Larceny/Theft Offenses", "A", "Property", "459", 120),
    NibrsOffense(
        "23G", "Theft of Motor Vehicle Parts or Accessories", "Larceny/Theft Offenses", "A", "Property", "488", 38
    ),
    NibrsOffense("23H", "All Other Larceny", "Larceny/Theft Offenses", "A", "Property", "487(A)", 88),
    NibrsOffense("240", "Motor Vehicle Theft", "Motor Vehicle Theft", "A", "Property", "10851(A)", 105),
    NibrsOffense("250", "Counterfeiting/Forgery", "Counterfeiting/Forgery", "A", "Property", "470(D)", 7),
    NibrsOffense("26A", "False Pretenses/Swindle/Confidence Game", "Fraud Offenses", "A", "Property", "532(A)", 18),
    NibrsOffense("26F", "Identity Theft", "Fraud Offenses", "A", "Property", "530.5(A)", 32),
    NibrsOffense("270", "Embezzlement", "Embezzlement", "A", "Property", "503", 6),
    NibrsOffense("280", "Stolen Property Offenses", "Stolen Property Offenses", "A", "Property", "496(A)", 9),
    NibrsOffense(
        "290",
        "Destruction/Damage/Vandalism of Property",
        "Destruction/Damage/Vandalism of Property",
        "A",
        "Property",
        "594(B)(1)",
        100,
    ),
    NibrsOffense("35A", "Drug/Narcotic Violations", "Drug/Narcotic Offenses", "A", "Society", "11377(A)", 45),
    NibrsOffense("35B", "Drug Equipment Violations", "Drug/Narcotic Offenses", "A", "Society", "11364(A)", 18),
    NibrsOffense("40A", "Prostitution", "Prostitution Offenses", "A", "Society", "647(B)(1)", 2),
    NibrsOffense("520", "Weapon Law Violations", "Weapon Law Violations", "A", "Society", "25850(A)", 22),
    NibrsOffense("720", "Animal Cruelty", "Animal Cruelty", "A", "Society", "597(B)", 2),
    NibrsOffense("90C", "Disorderly Conduct", "Disorderly Conduct", "B", "Society", "415(2)", 10),
    NibrsOffense("90D", "Driving Under the Influence", "Driving Under the Influence", "B", "Society", "23152(A)", 14),
    NibrsOffense("90F", "Family Offenses, Nonviolent", "Family Offenses, Nonviolent", "B", "Person", "273A(B)", 6),
    NibrsOffense("90J", "Trespass of Real Property", "Trespass of Real Property", "B", "Society", "602(M)", 30),
    NibrsOffense("90Z", "All Other Offenses", "All Other Offenses", "B", "Society", "166(A)(4)", 150),
)
WEIGHTS = tuple(offense.weight for offense in NIBRS_OFFENSES)
VIOLENT = frozenset({"09A", "11A", "120", "13A"})
PROPERTY_CRIME = frozenset({"200", "220", "23A", "23C", "23D", "23F", "23G", "23H", "240"})
