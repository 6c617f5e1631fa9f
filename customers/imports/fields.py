"""What a column of a file can mean, and the headers under which it is known.

The headers are those of the exports of Shopify, WooCommerce, Square, Lightspeed, Mailchimp and Klaviyo, and of
spreadsheets in the languages that shops around us keep them in, as `folded` writes them.
"""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

from customers.enums import ImportKind
from customers.imports.field_kinds import AGREED, MORE, WHAT, WHEN, WHO, Field, Reading
from customers.imports.kept_fields import FAMILY_FIELDS, HISTORY_FIELDS, MEMBERSHIP_FIELDS, VOUCHER_FIELDS

_POINTS = (
    "points|points balance|point balance|balance|loyalty points|reward points|current points|"
    "available points|stamps|punkte|punktestand|bonuspunkte|treuepunkte|punkte saldo|solde de points|solde|"
    "points fidelite|puntos|saldo de puntos|saldo|punti|saldo punti|pontos|saldo de pontos|punten|"
    "puntensaldo|spaarpunten|punkty|saldo punktow|poeng|poang|pisteet|puan|poin|ポイント|积分|포인트|"
    "loyalty balance|rewards balance"
)
_EXTERNAL_ID = (
    "customer id|customerid|customer no|customer number|customer nr|customer code|client id|client no|"
    "client number|buyer id|household id|household key|user id|userid|member id|contact id|shopper id|"
    "kundennummer|kunden nr|kundennr|kunden id|kdnr|kd nr|debitorennummer|id client|numero client|no client|"
    "code client|id cliente|codigo cliente|codigo de cliente|numero de cliente|n cliente|codice cliente|"
    "klantnummer|klant id|klantnr|numer klienta|id klienta|nr klienta|kundnummer|kundenummer|asiakasnumero|"
    "musteri no|id pelanggan|顧客id|顧客番号|会員番号|客户编号|고객번호|external id|reference id|"
    "customer reference id|square customer id|shopify customer id|kunde"
)
_EMAIL = (
    "email|e mail|mail|email address|e mail address|customer email|customer e mail|billing email|"
    "contact email|user email|buyer email|e mail adresse|email adresse|mailadresse|kunden email|"
    "adresse e mail|adresse email|adresse mail|courriel|adresse electronique|correo|correo electronico|"
    "email cliente|indirizzo email|posta elettronica|e mailadres|emailadres|adres e mail|adres email|"
    "endereco de email|e post|epost|e postadress|sahkoposti|e posta|surel|メールアドレス|メール|邮箱|"
    "电子邮件|이메일"
)
_PHONE = (
    "phone|phone number|telephone|tel|mobile|mobile number|mobile phone|cell|cell phone|cellphone|"
    "customer phone|billing phone|phone raw|contact number|telefon|telefonnummer|tel nr|telefonnr|handy|"
    "handynummer|mobil|mobilnummer|mobiltelefon|rufnummer|numero de telephone|telephone portable|portable|"
    "numero de telefono|telefono|movil|celular|telefone|telemovel|cellulare|numero di telefono|telefoon|"
    "telefoonnummer|mobiel|gsm|numer telefonu|komorka|puhelin|telefon no|no hp|nomor telepon|"
    "default address phone|電話|電話番号|携帯|电话|手机|전화번호"
)
_CARD = (
    "card|card number|card no|loyalty card|loyalty number|loyalty id|membership number|member number|"
    "kartennummer|kundenkarte|kundenkartennummer|karten nr|mitgliedsnummer|numero de carte|carte de fidelite|"
    "n carte|numero tarjeta|tarjeta|numero de tarjeta|numero tessera|tessera|kaartnummer|klantenkaart|"
    "numer karty|numero do cartao|kortnummer|from card"
)
_GIVEN = (
    "first name|firstname|first|given name|given names|forename|name first|billing first name|vorname|prenom|"
    "nombre|nombres|nome|voornaam|imie|primeiro nome|fornavn|fornamn|etunimi|ad|isim|名|名前|이름|fname|"
    "customer first name"
)
_FAMILY = (
    "last name|lastname|last|family name|surname|name last|billing last name|nachname|familienname|zuname|"
    "nom|nom de famille|apellido|apellidos|cognome|achternaam|nazwisko|sobrenome|apelido|etternavn|efternavn|"
    "efternamn|sukunimi|soyad|soyadi|姓|성|lname|customer last name"
)
_NAME = (
    "name|full name|fullname|customer name|client name|contact name|display name|billing name|customer|"
    "client|vor und nachname|kundenname|nom complet|nom du client|nombre completo|nombre y apellidos|"
    "nome completo|nombre del cliente|nome cliente|nome e cognome|volledige naam|naam|imie i nazwisko|navn|"
    "namn|nimi|ad soyad|nama|氏名|お名前|姓名|성명"
)
_LOCATION = (
    "location|place|ort|lieu|luogo|lugar|"
    "location name|store|store name|store id|shop|shop name|branch|outlet|pos location|site|filiale|"
    "standort|laden|geschaft|markt|magasin|boutique|point de vente|tienda|sucursal|local|negozio|sede|"
    "punto vendita|loja|winkel|filiaal|vestiging|sklep|butik|butikk|myymala|magaza|toko|店舗|门店|매장"
)

_COUNTRY = (
    "country|country code|default address country code|billing country|land|pays|pais|paese|kraj|maa|ulke|"
    "negara|国|国家|국가"
)

MEMBER_FIELDS = (
    Field("external_id", _("Customer number in your system"), f"{_EXTERNAL_ID}|id", group=WHO),
    Field("number", _("Card number"), _CARD, group=WHO),
    Field("given_name", _("First name"), _GIVEN, group=WHO),
    Field("family_name", _("Last name"), _FAMILY, group=WHO),
    Field("name", _("Whole name"), _NAME, group=WHO),
    Field("email", _("E-mail"), _EMAIL, Reading.EMAIL, group=WHO),
    Field("phone", _("Phone"), _PHONE, Reading.PHONE, group=WHO),
    Field(
        "birthday",
        _("Birthday"),
        "birthday|birth date|birthdate|date of birth|dob|born|geburtstag|geburtsdatum|geb datum|geb|"
        "date de naissance|naissance|anniversaire|fecha de nacimiento|nacimiento|cumpleanos|data de nascimento|"
        "nascimento|aniversario|data di nascita|compleanno|geboortedatum|verjaardag|data urodzenia|urodziny|"
        "fodselsdato|fodelsedatum|syntymaaika|dogum tarihi|tanggal lahir|生年月日|誕生日|生日|생년월일",
        Reading.DATE,
        group=MORE,
    ),
    Field(
        "language",
        _("Language"),
        "language|locale|lang|sprache|langue|idioma|lingua|taal|jezyk|sprak|kieli|dil|bahasa|言語|语言",
        group=MORE,
    ),
    Field(
        "tags",
        _("Tags"),
        "tags|tag|labels|label|groups|group|segment|segments|list|schlagworte|gruppe|gruppen|etiquettes|"
        "etiquette|groupe|etiquetas|grupo|etichette|gruppo|groep|tagi|grupa|customer tags|タグ|标签",
        group=MORE,
    ),
    Field(
        "preferences",
        _("Preferences"),
        "preferences|preference|likes|vorlieben|praferenzen|preferencias|preferenze|voorkeuren|preferencje",
        group=MORE,
    ),
    Field(
        "note",
        _("Note"),
        "note|notes|comment|comments|remark|remarks|memo|customer note|notiz|notizen|bemerkung|bemerkungen|"
        "kommentar|remarque|remarques|commentaire|notas|nota|observaciones|comentario|opmerking|opmerkingen|"
        "notitie|uwagi|notatka|備考|备注",
        group=MORE,
    ),
    Field(
        "joined_at",
        _("Member since"),
        "joined|joined at|join date|member since|customer since|created|created at|date created|registered|"
        "date registered|registration date|sign up date|signup date|first visit|kunde seit|mitglied seit|"
        "beigetreten|angelegt am|registriert am|client depuis|membre depuis|date d inscription|inscription|"
        "fecha de alta|cliente desde|fecha de registro|data iscrizione|cliente dal|data de cadastro|klant sinds|"
        "lid sinds|data rejestracji|klient od|登録日|入会日|注册日期|customer created at|optin time",
        Reading.MOMENT,
        group=MORE,
    ),
    Field("location", _("Joined at (place)"), _LOCATION, group=MORE),
    Field("status", _("Active, paused or left"), "takes part", group=MORE),
    Field("country", _("Country (to read phone numbers)"), _COUNTRY, group=MORE),
    Field(
        "opening_points",
        _("Points to start with"),
        _POINTS,
        Reading.NUMBER,
        group=MORE,
    ),
    Field("consent_email", _("News by e-mail"), "", Reading.FLAG, by_itself=False, group=AGREED),
    Field("consent_sms", _("News by text message"), "", Reading.FLAG, by_itself=False, group=AGREED),
    Field("consent_profiling", _("Offers chosen from purchases"), "", Reading.FLAG, by_itself=False, group=AGREED),
)

PURCHASE_FIELDS = (
    Field(
        "receipt_number",
        _("Receipt number"),
        "receipt|receipt number|receipt no|receipt id|invoice|invoice no|invoiceno|invoice number|invoice id|"
        "order|order id|order no|order number|order name|ordernumber|transaction|transaction id|transaction no|"
        "transaction number|transactionid|sale id|sale number|basket id|basket no|ticket|ticket number|ticket no|"
        "check number|bill|bill number|document number|belegnummer|beleg|beleg nr|bon|bonnummer|bon nr|rechnung|"
        "rechnungsnummer|rechnungs nr|rechnungsnr|bestellnummer|bestellung|auftragsnummer|numero de commande|"
        "commande|facture|numero de facture|n facture|numero de ticket|no ticket|factura|numero de factura|"
        "n factura|pedido|numero de pedido|recibo|fattura|numero fattura|scontrino|numero scontrino|ordine|"
        "numero ordine|fatura|numero da fatura|encomenda|bestelnummer|bestelling|factuur|factuurnummer|bonnr|"
        "numer faktury|faktura|numer zamowienia|zamowienie|paragon|numer paragonu|fakturanummer|ordrenummer|"
        "ordernummer|kvittering|kvitto|kuitti|tilausnumero|fis no|siparis no|no faktur|no nota|注文番号|伝票番号|"
        "レシート番号|订单号|小票号|주문번호",
        group=WHAT,
    ),
    Field(
        "occurred_at",
        _("Date"),
        "date|date time|datetime|timestamp|created|created at|order date|invoice date|invoicedate|"
        "transaction date|transaction timestamp|sale date|purchase date|purchased at|paid at|processed at|"
        "date created|order created|datum|belegdatum|rechnungsdatum|bestelldatum|kaufdatum|datum uhrzeit|"
        "date de commande|date facture|date de vente|date d achat|fecha|fecha de compra|fecha factura|"
        "fecha pedido|fecha y hora|data|data ordine|data fattura|data vendita|data e ora|data da compra|"
        "data do pedido|data hora|besteldatum|factuurdatum|aankoopdatum|data zakupu|data zamowienia|"
        "data sprzedazy|data faktury|dato|ordredato|orderdatum|kopdatum|pvm|paivamaara|tarih|siparis tarihi|"
        "tanggal|日付|注文日|日期|날짜|day|week day|tag",
        Reading.MOMENT,
        group=WHEN,
    ),
    Field(
        "time",
        _("Time of day"),
        "time|time of day|hour|uhrzeit|zeit|heure|hora|ora|tijd|godzina|czas|tid|klokkeslett|klockslag|kello|"
        "saat|jam|時刻|时间|시간|order time|sale time|transaction time",
        Reading.TIME,
        group=WHEN,
    ),
    Field("location", _("Place"), _LOCATION, group=WHEN),
    Field(
        "quantity",
        _("Quantity"),
        "quantity|qty|count|units|pieces|pcs|lineitem quantity|item quantity|quantity sold|number of items|menge|"
        "anzahl|stuck|stk|stuckzahl|quantite|qte|cantidad|cant|unidades|quantita|qta|pezzi|quantidade|qtd|aantal|"
        "hoeveelheid|ilosc|liczba|szt|antall|antal|maara|kpl|miktar|adet|jumlah|数量|個数|수량|cds",
        Reading.NUMBER,
        group=WHAT,
    ),
    Field(
        "unit_price",
        _("Price of one"),
        "unit price|unitprice|price|price each|item price|lineitem price|unit cost|price per unit|item cost|"
        "einzelpreis|preis|stuckpreis|ep|e preis|prix|prix unitaire|pu|precio|precio unitario|prezzo|"
        "prezzo unitario|preco|preco unitario|prijs|stukprijs|eenheidsprijs|cena|cena jednostkowa|cena szt|pris|"
        "enhedspris|enhetspris|a pris|hinta|yksikkohinta|fiyat|birim fiyat|harga|harga satuan|単価|価格|单价|"
        "价格|단가",
        Reading.MONEY,
        group=WHAT,
    ),
    Field(
        "line_total",
        _("Amount of the line"),
        "amount|line total|line amount|item total|sales value|net sales|sales|value|revenue|spend|spent|"
        "total price|net amount|item subtotal|line item total|betrag|summe|umsatz|positionssumme|zeilensumme|"
        "gesamtpreis|montant|total ligne|montant ligne|chiffre d affaires|importe|monto|importe linea|importo|"
        "totale riga|valor|valor total|montante|bedrag|regeltotaal|omzet|kwota|wartosc|suma|belop|belob|summa|"
        "tutar|jumlah harga|金額|小計|金额|금액",
        Reading.MONEY,
        group=WHAT,
    ),
    Field(
        "line_discount",
        _("Discount on the line"),
        "line discount|item discount|lineitem discount|discounts|rabatt position|positionsrabatt|remise ligne|"
        "descuento linea|sconto riga|regelkorting|desconto do item|rabat pozycji",
        Reading.MONEY,
        group=WHAT,
    ),
    Field(
        "tax",
        _("Tax of the line"),
        "line tax|item tax|tax|vat|sales tax|mwst|ust|steuer|tva|iva|btw|podatek|moms|mva|alv|kdv|ppn|税|消費税|税额",
        Reading.MONEY,
        group=WHAT,
    ),
    Field(
        "receipt_total",
        _("Total of the receipt"),
        "total|order total|grand total|receipt total|invoice total|total amount|amount paid|total paid|"
        "total collected|transaction total|gesamt|gesamtbetrag|gesamtsumme|bonsumme|rechnungsbetrag|"
        "total commande|montant total|total ttc|total facture|importe total|total factura|total pedido|totale|"
        "totale ordine|totale fattura|total do pedido|totaal|totaalbedrag|razem|suma zamowienia|totalt|yhteensa|"
        "toplam|total harga|合計|总计|합계",
        Reading.MONEY,
        group=WHAT,
    ),
    Field(
        "sku",
        _("Product code"),
        "sku|stock code|stockcode|product code|product id|productid|item id|item code|item number|article number|"
        "article no|barcode|ean|gtin|upc|plu|lineitem sku|artikelnummer|artikel nr|artikelnr|art nr|artnr|"
        "reference|ref|code article|code produit|referencia|codigo|codigo producto|codigo de producto|codice|"
        "codice articolo|codice prodotto|codigo do produto|artikelcode|productcode|kod produktu|kod|indeks|"
        "varenummer|tuotenumero|urun kodu|kode produk|kode barang|商品コード|品番|商品编号|상품코드",
        group=WHAT,
    ),
    Field(
        "description",
        _("Product"),
        "item|items|item name|product|product name|description|title|product title|lineitem name|article|service|"
        "artikel|artikelbezeichnung|bezeichnung|produkt|produktname|beschreibung|artikelname|produit|designation|"
        "libelle|nom du produit|producto|articulo|descripcion|nombre del producto|prodotto|articolo|descrizione|"
        "nome prodotto|produto|artigo|descricao|nome do produto|omschrijving|productnaam|towar|nazwa|"
        "nazwa produktu|opis|vare|varenavn|vara|artikelnamn|tuote|urun|urun adi|produk|nama produk|barang|商品名|"
        "品名|商品|产品|상품명",
        group=WHAT,
    ),
    Field(
        "category",
        _("Category"),
        "category|product category|department|product type|item category|kategorie|warengruppe|categorie|rayon|"
        "famille|categoria|reparto|productgroep|kategoria|kategori|osasto|カテゴリ|カテゴリー|类别|分类",
        group=WHAT,
    ),
    Field(
        "currency",
        _("Currency"),
        "currency|currency code|order currency|wahrung|devise|monnaie|moneda|divisa|valuta|moeda|waluta|"
        "para birimi|mata uang|通貨|货币",
        group=WHAT,
    ),
    Field("external_id", _("Customer number in your system"), _EXTERNAL_ID, group=WHO),
    Field("country", _("Country (to read phone numbers)"), _COUNTRY, group=WHO),
    Field("email", _("Customer's e-mail"), _EMAIL, Reading.EMAIL, group=WHO),
    Field("phone", _("Customer's phone"), _PHONE, Reading.PHONE, group=WHO),
    Field("number", _("Customer's card number"), _CARD, group=WHO),
    Field("given_name", _("Customer's first name"), _GIVEN, group=WHO),
    Field("family_name", _("Customer's last name"), _FAMILY, group=WHO),
    Field("name", _("Customer's whole name"), _NAME, group=WHO),
)

BALANCE_FIELDS = (
    Field("external_id", _("Customer number in your system"), _EXTERNAL_ID, group=WHO),
    Field("number", _("Card number"), _CARD, group=WHO),
    Field("email", _("E-mail"), _EMAIL, Reading.EMAIL, group=WHO),
    Field("phone", _("Phone"), _PHONE, Reading.PHONE, group=WHO),
    Field("country", _("Country (to read phone numbers)"), _COUNTRY, group=WHO),
    Field("points", _("Points"), _POINTS, Reading.NUMBER, group=WHAT),
    Field(
        "earned_on",
        _("Earned on"),
        "earned|earned on|earned at|issued|issued on|issued at|awarded|awarded at|credited|created|created at|date|"
        "verdient am|gesammelt am|gutgeschrieben am|datum|date d obtention|gagne le|fecha|obtenido el|data|"
        "guadagnati il|verdiend op",
        Reading.MOMENT,
        group=WHEN,
    ),
    Field(
        "expires_on",
        _("Last day (empty: by your program; “never”: for ever)"),
        "expires|expires on|expires at|expiry|expiry date|expiration|expiration date|valid until|valid to|last day|"
        "lauft ab|ablauf|ablaufdatum|verfallt|verfallt am|gultig bis|expire le|expiration le|valable jusqu au|caduca|"
        "caduca el|fecha de caducidad|valido hasta|scadenza|scade il|valido fino al|validade|vervalt op|geldig tot|"
        "wazne do",
        Reading.LAST_DAY,
        group=WHEN,
    ),
    Field(
        "waits_until",
        _("Can be used from (empty: at once)"),
        "pending until|available from|available on|usable from|spendable from|redeemable from|verfugbar ab|"
        "einlosbar ab|disponible le|disponible a partir du|disponible desde|disponibile dal|disponivel a partir de|"
        "beschikbaar vanaf|dostepne od",
        Reading.MOMENT,
        group=WHEN,
    ),
    Field("held", _("Held for a look (why, or yes)"), "held for a look", group=MORE),
    Field("owed", _("Owed by the member"), "owed|owed by the member|owes", Reading.NUMBER, group=MORE),
    Field(
        "tier",
        _("Tier"),
        "tier|level|status|vip tier|loyalty tier|membership level|stufe|niveau|palier|nivel|livello|poziom",
        group=MORE,
    ),
    Field(
        "tier_until",
        _("Tier until"),
        "tier until|tier expires|tier expires at|tier valid until|level until|status bis|stufe bis|niveau jusqu au",
        Reading.MOMENT,
        group=MORE,
    ),
)

_WHOSE = tuple(one for one in BALANCE_FIELDS if one.key in ("external_id", "number", "email", "phone", "country"))

CREDIT_FIELDS = (
    *_WHOSE,
    Field(
        "amount",
        _("Amount"),
        "amount|credit|store credit|credit balance|balance|gift card balance|current balance|remaining balance|"
        "remaining|value|wallet balance|cashback|guthaben|guthabenstand|restguthaben|restwert|betrag|saldo|wert|"
        "solde|avoir|montant|saldo disponible|importe|credito|saldo residuo|importo|tegoed|bedrag|kwota|saldo konta|"
        "belopp|belob|bakiye|残高|余额|잔액",
        Reading.MONEY,
        group=WHAT,
    ),
    Field("currency", _("Currency"), "currency|currency code|wahrung|devise|moneda|valuta|moeda|waluta", group=WHAT),
    *(one for one in BALANCE_FIELDS if one.key in ("earned_on", "expires_on", "waits_until", "held", "owed")),
)

RECORD_FIELDS = (
    *_WHOSE,
    Field("record", _("Note, consent or voucher"), "record|record type", group=WHAT),
    Field("text", _("Words of the note, or what was agreed to"), "text|note|notes|notiz|words", group=WHAT),
    Field("at", _("When it was said"), "said on|written on|at|when", Reading.MOMENT, group=WHEN),
    Field("purpose", _("What was agreed to (purpose)"), "purpose", group=AGREED),
    Field("channel", _("By which channel"), "channel", group=AGREED),
    Field("given", _("Yes or no"), "answer|agreed|given", Reading.FLAG, group=AGREED),
    *VOUCHER_FIELDS,
)

FIELDS: Mapping[str, tuple[Field, ...]] = MappingProxyType(
    {
        ImportKind.MEMBERS: MEMBER_FIELDS,
        ImportKind.PURCHASES: PURCHASE_FIELDS,
        ImportKind.BALANCES: BALANCE_FIELDS,
        ImportKind.CREDIT: CREDIT_FIELDS,
        ImportKind.RECORDS: RECORD_FIELDS,
        ImportKind.MEMBERSHIPS: (*_WHOSE, *MEMBERSHIP_FIELDS),
        ImportKind.FAMILIES: (*_WHOSE, *FAMILY_FIELDS),
        ImportKind.HISTORY: (*_WHOSE, *HISTORY_FIELDS),
    }
)


def field_of(kind: str, key: str) -> Field | None:
    return next((field for field in FIELDS[kind] if field.key == key), None)


def identifying(kind: str) -> tuple[str, ...]:
    """The fields by which a customer is recognised, the surest first."""
    return ("external_id", "number", "email", "phone")
