"""Names nobody has: people, places, streets, firms and banks built from syllables.

In: a random.Random. Out: strings. Absent on purpose: pools of finished names; what is built here is hardly ever built twice.
"""

FRONT = ("Al Arn Bal Barm Beld Berk Bram Brel Brin Dal Darm Dell Dorm Eber Elm Erl Fahl Fark Feld Frem Gall Garm Gerl "
         "Glan Grim Gund Hack Hald Harl Heck Helm Hirs Holt Hub Ilm Ims Jerk Kal Karl Kemp Kerl Kirn Klin Knor Kolm "
         "Kram Krel Kuhl Lam Lau Leim Lerch Lin Loh Lud Mack Mal Marl Meck Merz Mind Moll Mosel Nag Nell Nied Norm Od "
         "Oll Orl Pahl Pell Pirn Plag Pretz Quel Rabs Ram Reck Rell Ries Rohl Rott Ruhl Sal Schal Scharn Schel Schlo "
         "Schmal Schnep Schor Sell Sieg Sind Spel Stal Steck Stern Stoll Streh Tam Tell Tess Till Torn Trel Ufl Ull "
         "Urb Vahl Veld Verl Voll Wahl Wack Warn Weck Well Wend Werl Wiel Wint Wolk Zach Zell Zier Zorn Bäl Dör Föhr "
         "Göl Hüls Jäh Kör Küp Lüt Möl Nöl Rüm Schül Stöh Süd Wüst Zör").split()
PERSON_END = ("ach achner aker ander apfel auer bach baum beck berg bert born brandt burger dorf eck eisen eld elmann "
              "enbach enkamp erich erling ert felder finger gang gard hagen haupt heimer hold hoff huber ing inger "
              "kamp kötter lich linger mann meier mert ner nick olt pold rich rath ring ritz rode sack sam schmidt "
              "sen sing stedt stein thaler tke tner ulla vogel wald wig winkel").split()
TOWN_END = ("au bach berg born bruch brück brunn büttel burg dorf eck ede feld fels förde furt hagen hain hausen heide "
            "heim hof holz horst ingen itz kirchen koog leben loh lar münster rath rode roda rück scheid sen siel "
            "stadt stein thal tal um wald wang weiler werth wedel wig").split()
TOWN_TAIL = ("", "", "", "", "", "", "", " an der {}", " am {}", " ({})", "-{}", " b. {}", " i. {}")
FIRST = ("Ada Adrian Agnes Aileen Albrecht Alma Anke Annika Arno Arwed Beate Benno Birte Bodo Bruno Carla Cem Clara "
         "Corinna Dagmar Daniela Detlef Dörte Edgar Elena Elif Emil Erwin Esther Fabian Felix Frauke Friedrich Gerd "
         "Gesa Gisela Gregor Gudrun Hajo Hanna Hartmut Heiko Helga Henrike Holger Ida Ilka Ingrid Iris Ivo Jana Jens "
         "Jonas Jutta Kai Karin Katja Knut Konrad Lars Leonie Levent Linus Lothar Ludger Malte Manuela Marek Margot "
         "Mats Merle Milan Mirjam Nadine Nele Nils Norbert Olga Oskar Otto Pavel Petra Philipp Quirin Rainer Ralf "
         "Rebekka Rieke Roland Ruth Sandra Sascha Selma Silke Sina Stefan Svenja Tanja Thilo Tobias Ulrich Ursula "
         "Vera Viktor Volker Werner Wiebke Yannik Yvonne Zoe").split()
STREET_END = ("straße weg gasse allee platz ring damm ufer graben markt stieg chaussee pfad kamp twiete str.").split()
STREET_FREE = ("Am {}", "An der {}er Mühle", "Im {}", "Auf der {}höhe", "Zum {}er Tor", "In den {}wiesen", "{}er Str.",
               "{}er Straße", "{}er Landstraße", "Alte {}er Straße")
COIN_A = "Al Bel Cor Da De Eu Fi Ge Hy In Ka Lo Lu Ma Ne No Or Pa Qua Ra Se Si Ta Te Ul Va Ve Xe Za Zy".split()
COIN_B = "bra co da dex fin ga gra kon ley lis lux mar mo na nex no ra ris ro sa so ta tek tra ven vis xa xon zio".split()
LEGAL = ("GmbH", "GmbH", "GmbH", "GmbH & Co. KG", "GmbH & Co KG", "AG", "KG", "OHG", "e.K.", "e. K.", "UG (haftungsbeschränkt)",
         "GbR", "mbH", "eG", "SE", "gGmbH", "PartG mbB", "Ltd.")
BANKS = ("Sparkasse {}", "Volksbank {} eG", "Raiffeisenbank {} eG", "Kreissparkasse {}", "VR-Bank {}-{} eG", "Stadtsparkasse {}",
         "{}er Landesbank", "{}bank AG", "Bankhaus {} & Co.", "VR Bank {}", "{}er Volksbank eG", "Privatbank {} KG")


class Names:
    def __init__(self, chance):
        self.chance = chance

    def stem(self):
        return self.chance.choice(FRONT)

    def surname(self):
        name = self.stem() + self.chance.choice(PERSON_END)
        if self.chance.random() < 0.05:
            name += "-" + self.stem() + self.chance.choice(PERSON_END)
        return name

    def first(self):
        return self.chance.choice(FIRST)

    def person(self):
        title = "Dr. " if self.chance.random() < 0.06 else ""
        return f"{title}{self.first()} {self.surname()}"

    def plain_town(self):
        town = self.stem() + self.chance.choice(TOWN_END)
        if self.chance.random() < 0.1:
            town = self.chance.choice(("Bad ", "Groß ", "Klein", "Ober", "Nieder", "Neu", "Alt", "Sankt ")).strip() + (
                " " + town if self.chance.random() < 0.5 else town.lower())
        return town

    def town(self):
        return self.plain_town() + self.chance.choice(TOWN_TAIL).format(self.stem())

    def street(self):
        chance = self.chance
        if chance.random() < 0.3:
            name = chance.choice(STREET_FREE).format(self.stem())
        elif chance.random() < 0.3:
            name = f"{self.first()}-{self.surname()}-{chance.choice(('Straße', 'Weg', 'Allee', 'Platz', 'Str.', 'Ring'))}"
        else:
            name = self.stem().rstrip("e") + chance.choice(("", "er", "en", "s")) + chance.choice(STREET_END)
        return f"{name} {self.house()}"

    def house(self):
        chance = self.chance
        number = str(chance.choice((chance.randint(1, 30), chance.randint(1, 250))))
        return number + chance.choice(("", "", "", "", "", "a", " b", f"-{int(number) + 2}", f"–{int(number) + 4}"))

    def zip(self):
        return f"{self.chance.randint(1067, 99998):05d}"

    def coined(self):
        chance = self.chance
        name = chance.choice(COIN_A) + "".join(chance.choice(COIN_B) for _ in range(chance.choice((1, 1, 2))))
        return chance.choice((name, name, name.upper(), name + chance.choice((" Systems", " Group", "plus", "24", " Service", " Nord"))))

    def legal(self):
        return self.chance.choice(LEGAL)

    def bank(self):
        name = self.chance.choice(BANKS)
        return name.format(self.plain_town(), self.plain_town())

    def phone(self):
        chance = self.chance
        area, number = f"0{chance.randint(2000, 9999)}", chance.randint(1000, 9999999)
        return chance.choice((f"{area} {number}", f"{area}/{number}", f"{area} / {number}", f"+49 {area[1:]} {number}",
                              f"{area}-{number}", f"({area}) {number}", f"+49 ({0}) {area[1:]} {number}",
                              f"{area} {str(number)[:3]} {str(number)[3:]}".strip()))


def slug(name):
    table = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "ae", "Ö": "oe", "Ü": "ue"})
    plain = "".join(char for char in name.translate(table).lower() if char.isascii() and (char.isalnum() or char in " -"))
    return "-".join(plain.split())[:22].strip("-") or "firma"
