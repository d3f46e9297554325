"""Names and towns of the invented community. None of them is anybody."""

GIVEN = {
    "female": """
Maribel Odessa Hanh Ruth Nettie Pilar Loretta Yusra Ines Corliss Sunniva Marguerite Adaeze Bronwyn Celestine
Delphine Eudora Fenna Graciela Henrietta Ilse Josefa Keiko Lucinda Minerva Noemi Ottilie Philippa Rosalind Soledad
Thandiwe Ursula Verity Winifred Xiomara Yolanda Zelda Araceli Beatriz Consuelo Dolores Esperanza Farida Guadalupe
Imani
""".split(),
    "male": """
Odell Theo Jerome Amadou Ivo Gus Desmond Dwight Alasdair Bertrand Cornelius Dashiell Eamon Florian Gideon Horatio
Ignacio Jasper Kwame Leopold Malachi Nestor Octavio Percival Quentin Rutherford Silvio Tobias Ulises Valentin
Wendell Xavier Yancey Zebulon Anselmo Baltazar Clemente Domingo Efrain Fidel Gilberto Hilario Isidro Jacinto Lamar
""".split(),
}
FAMILY = """
Quintanar Greenlaw Whitlock Mayfair Okonjo Santamarina Vandermolen Attaway Castell Sesay Vanterpool Karalis Polk
Zabriskie Wendelborn Kasim Hallam Achterberg Valdecasas Brightwater Tran Haddad Osei Vance Abernathy Birdsong
Castellanos Drinkwater Eberhardt Featherstone Galloway Hightower Inouye Jimerson Kowalczyk Longfellow Montesinos
Nightingale Oyelaran Pettibone Quarles Ravenscroft Saltonstall Thibodeaux Underhill Villaseñor Weatherby Ximenes
Youngblood Zimmerlin Alderete Barraza Covarrubias Dombrowski Escamilla Fitzsimmons Gutknecht Holloway Ibarra
Jagodzinski Kittredge Lozada Maldonado Nakagawa
""".split()
STREETS = """
Alder Birch Cedar Dogwood Elm Fern Gingko Hawthorn Iris Juniper Larch Maple Oak Poplar Quince Rowan Spruce Willow
""".split()
# town, state, zip: places that do not exist, with zip codes in one invented travel area or outside it
TOWNS = [
    ("Bayview", "NY", "00501"),
    ("Harbor Point", "NY", "00502"),
    ("Millbrook Flats", "NY", "00503"),
    ("East Landing", "NY", "00504"),
]
FAR_TOWN = ("Upper Ridge", "NY", "00599")
COUNTY = "Harbor"  # of all of them
LANGUAGES = [("en", 78), ("es", 14), ("vi", 3), ("fr", 2), ("ar", 2), ("ht", 1)]
