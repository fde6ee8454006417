"""The invented people, firms and words of the demo; names of persons come with a Latin spelling for the address."""

ORGANISATIONS = (
    ("Analytical Engines", "manufacturing", "London", "United Kingdom"),
    ("Brückner & Söhne", "construction", "Leipzig", "Germany"),
    ("Café Soleil", "hospitality", "Lyon", "France"),
    ("Delta Frisør", "retail", "Aarhus", "Denmark"),
    ("Fjord Energi", "energy", "Bergen", "Norway"),
    ("Hashimoto 工業 Hakata", "manufacturing", "Fukuoka", "Japan"),
    ("Kowalski Łódź Logistics", "transport", "Łódź", "Poland"),
    ("Lumen Optics", "technology", "Delft", "Netherlands"),
    ("Piñata Media", "media", "Valencia", "Spain"),
    ("Shanghai Yunqi 云栖科技", "technology", "Shanghai", "China"),
    ("Tidewater Foods", "food", "Cork", "Ireland"),
    ("Zürich Re-Tools", "technology", "Zürich", "Switzerland"),
)

NAMES = (
    ("Ada Lovelace", "Ada Lovelace"),
    ("Zoë Müller", "Zoe Mueller"),
    ("王伟芳", "Wang Weifang"),
    ("佐藤 花子", "Sato Hanako"),
    ("José Peña", "Jose Pena"),
    ("Grace Okafor", "Grace Okafor"),
    ("李娜", "Li Na"),
    ("Søren Kjær", "Soeren Kjaer"),
    ("Łucja Wójcik", "Lucja Wojcik"),
    ("Maeve O'Brien", "Maeve OBrien"),
    ("鈴木 健", "Suzuki Ken"),
    ("Chloé Lefèvre", "Chloe Lefevre"),
    ("Ingrid Åsen", "Ingrid Asen"),
    ("陈静", "Chen Jing"),
    ("Matteo Ricci", "Matteo Ricci"),
    ("Anneke de Vries", "Anneke de Vries"),
    ("Tomasz Zieliński", "Tomasz Zielinski"),
    ("Priya Natarajan", "Priya Natarajan"),
    ("高橋 直子", "Takahashi Naoko"),
    ("Rosa Giménez", "Rosa Gimenez"),
    ("Lars Holm", "Lars Holm"),
    ("张敏", "Zhang Min"),
    ("Élodie Garnier", "Elodie Garnier"),
    ("Jürgen Groß", "Juergen Gross"),
    ("Beatriz Ibarra", "Beatriz Ibarra"),
    ("Finn Nygård", "Finn Nygard"),
    ("赵军", "Zhao Jun"),
    ("Nora Keller", "Nora Keller"),
    ("Aoife Byrne", "Aoife Byrne"),
    ("Hugo Marchand", "Hugo Marchand"),
    ("田中 美咲", "Tanaka Misaki"),
    ("Katarzyna Nowak", "Katarzyna Nowak"),
    ("Pieter Bakker", "Pieter Bakker"),
    ("周杰", "Zhou Jie"),
    ("Mette Thomsen", "Mette Thomsen"),
    ("Ilse Brandt", "Ilse Brandt"),
    ("Diego Fuentes", "Diego Fuentes"),
    ("Sinéad Walsh", "Sinead Walsh"),
    ("伊藤 翔", "Ito Sho"),
    ("Camille Roux", "Camille Roux"),
    ("Erik Haugen", "Erik Haugen"),
    ("刘洋", "Liu Yang"),
    ("Francesca Conti", "Francesca Conti"),
    ("Wim Peeters", "Wim Peeters"),
    ("Yuki Mori 森 雪", "Mori Yuki"),
    ("Agnieszka Lis", "Agnieszka Lis"),
    ("Niamh Doyle", "Niamh Doyle"),
    ("Urs Ammann", "Urs Ammann"),
)

CITIES = ("Berlin", "Paris", "Madrid", "Oslo", "Osaka", "Beijing")
TITLES = ("Head of Purchasing", "Managing Director", "Operations Lead", "Finance Manager", "Engineer", "Founder")
SOURCES = ("referral", "fair", "website", "cold call", "newsletter")
TAGS = ("vip", "newsletter", "pilot", "partner", "2026")
REASONS = ("too expensive", "no budget", "went with a competitor", "no answer", "postponed")
WORK = ("Pilot project", "Annual licence", "Training days", "Migration", "Support contract", "Extra seats", "Audit")
