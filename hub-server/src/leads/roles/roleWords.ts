/**
 * Words that name a function of an organisation, not a person, by department and language. RFC 2142 names the first
 * of them; the rest is what companies put on their contact pages. Words that are also given names or surnames in
 * common use (art, bill, grant, page, miller) are left out.
 */
const words = `
  abuse noc security postmaster hostmaster usenet news webmaster www uucp ftp root

  info infos information informations infodesk contact contacts contactus hello hallo hi hey ask askus mail email
  mails mailbox inbox enquiry enquiries inquiry inquiries question questions query queries general office offices
  frontoffice frontdesk backoffice headoffice headquarters hq reception receptionist company corporate business team
  theteam staff all everyone everybody allstaff members member membership memberships main welcome connect reach
  reachus talk letters letter post desk helpdesk servicedesk

  sales sale presales salesteam salesforce vente order orders ordering purchase purchases purchasing buy buyer buyers
  procurement quote quotes quotation quotations estimate estimates offer offers deal deals lead leads newbusiness
  newbiz bizdev businessdevelopment business-development export exports import imports wholesale retail reseller
  resellers dealer dealers distributor distributors distribution partner partners partnership partnerships alliance
  alliances affiliate affiliates vendor vendors supplier suppliers tender tenders bid bids rfp account accounts
  accountmanagement key-accounts keyaccount demo demos trial pricing sponsor sponsors sponsorship sponsoring franchise
  franchising commerce ecommerce shop shops shopping store stores webshop onlineshop catalog catalogue products
  product produkte rental rentals rent leasing

  support supportteam techsupport technical technicalsupport tech help customer customers customercare customerservice
  customerservices customersupport customersuccess client clients clientservice clientservices clientcare care service
  services cs success onboarding complaint complaints feedback suggestion suggestions claim claims returns refund
  refunds warranty repair repairs parts maintenance facilities facility emergency hotline issues issue bug bugs ticket
  tickets report reports reporting

  marketing mktg market advert adverts advertise advertiser advertisers advertisement advertising ads adsales adops
  media mediakit mediarelations press pressoffice pressroom pr publicrelations publicity communication communications
  comms comm newsletter newsletters newsroom newsdesk social socialmedia community communities brand branding brands
  campaign campaigns promo promos promotion promotions content editor editors editorial editorialteam publisher
  publishing publications blog blogs web website site digital seo outreach influencer influencers ambassador
  ambassadors creative creatives design designer designers studio production productions photo photos event events
  conference conferences exhibition webinar webinars speaker speakers survey surveys research insights analytics
  stories story-ideas submissions submission subscribe subscriber subscribers subscription subscriptions unsubscribe
  broadcast radio video videos podcast

  billing bill-pay invoice invoices invoicing payment payments pay payable payables receivable receivables
  accountspayable accountsreceivable ap accounting accountant accountants bookkeeping bookkeeper finance finances
  financial treasurer treasury payroll controller controlling tax taxes audit auditor audits collections credit
  credits budget budgets investor investors investorrelations investments investment ir shareholders shareholder
  fundraising donate donation donations donor donors giving grants

  hr humanresources human-resources personnel people peopleteam talent talents recruit recruiter recruiters recruiting
  recruitment hiring career careers job jobs work apply application applications applicant applicants resume resumes
  cv intern interns internship internships vacancy vacancies employment benefits training trainings volunteer
  volunteers volunteering workwithus

  admin admins administrator administrators administration administrative manager managers management director
  directors directory directorate board boardmembers executive executives exec execs leadership principal president
  chairman chair secretary secretariat secretaries assistant assistants assistance ceo cfo cto coo cmo cio ciso
  founder founders cofounders owner owners partners-desk operations operation ops logistics logistic shipping shipment
  shipments delivery deliveries dispatch warehouse inventory supply supplychain production-office manufacturing
  quality qa qc compliance legal legalteam law lawyer lawyers counsel attorney attorneys privacy dpo gdpr dmca
  copyright copyrights trademark trademarks permissions licensing license licenses licence ethics safety fraud
  whistleblower risk insurance contracts contract

  it ict itsupport ithelp helpdeskteam sysadmin sysadmins system systems sys server servers network networks
  networking hosting host dns domain domains domainadmin ssl webadmin webteam webdesign developer developers dev devs
  devops development devteam engineering engineer engineers software hardware tester testers testing test tests build
  builds builder api apis cloud database data dba git github gitlab jenkins jira slack alert alerts alarm monitoring
  monitor monitors notify notification notifications notice notices update updates status log logs cron daemon
  mailerdaemon mailer-daemon mailer bounce bounces backup backups spam nospam phishing virus list lists listserv
  mailinglist majordomo request requests noreply no-reply donotreply do-not-reply dontreply nobody noemail auto
  autoreply automated robot bot bots user users username login register registration registrations registrar signup
  signups guest guests anonymous unknown undisclosed-recipients scanner scan printer copier fax voicemail phone
  telephone tel sms mobile android ios app apps

  booking bookings reserve reservation reservations appointment appointments appt schedule scheduling calendar travel
  tours tour tourism hotel restaurant bar cafe catering kitchen menu banquet banquets concierge spa gym fitness
  box-office boxoffice theatre theater museum gallery library archive archives church parish clinic clinics dental
  dentist doctor doctors nurse nurses medical pharmacy patient patients health healthcare hospital lab labs laboratory
  vet

  school schools admission admissions student students studentservices alumni faculty faculties parent parents teacher
  teachers teaching education academics academic academy college university campus department dept dean-office
  registry enrol enroll enrollment enrolment exams exam course courses class classes coach coaches coaching learning
  science international exchange bursar

  project projects projectmanagement program programs programme programmes planning planner planners strategy
  innovation ideas idea lab solutions solution consulting consultants consultant advisory advisor advisors expert
  experts agency agencies agent agents broker brokers realestate property properties realtor realtors lettings
  construction transport transportation fleet garage workshop public government council mayor police fire cityhall
  committee union club clubs association society foundation group groups crew network-team organiser organisers
  organizer organizers organization organisation secretariaat me-too everyone-all local global europe

  kontakt kontakte anfrage anfragen auskunft buero bueros sekretariat zentrale empfang verwaltung geschaeftsfuehrung
  geschaeftsleitung geschaeftsstelle gf leitung vorstand vertrieb verkauf einkauf bestellung bestellungen auftrag
  auftraege angebot angebote rechnung rechnungen buchhaltung fibu lohnbuchhaltung personal personalabteilung bewerbung
  bewerbungen karriere ausbildung praktikum stellen presse pressestelle redaktion werbung anzeigen veranstaltung
  veranstaltungen termine termin reservierung buchung buchungen kundenservice kundendienst kundenbetreuung kunden
  beratung hilfe technik edv datenschutz datenschutzbeauftragter recht rechtsabteilung mitglieder verein gemeinde
  rathaus praxis kanzlei werkstatt lager versand logistik ersatzteile reklamation retouren beschwerde fragen
  post-stelle poststelle redaktionsteam shop-team spenden verlag mitarbeiter schule schulleitung

  accueil bonjour commercial commerciale commerciaux commande commandes comptabilite compta direction directeur
  directrice secretaire achat achats ventes devis facturation facture factures recrutement rh emploi emplois
  presse-media redaction communication-presse service-client serviceclient sav clientele administratif administrateur
  reservation-hotel boutique magasin mairie ecole cabinet agence equipe contacter adherents abonnement abonnements
  dons juridique

  contacto contactenos contactanos informacion informaciones informes ventas compras pedidos pedido facturacion
  facturas contabilidad administracion administrador gerencia gerente direccion directorio recepcion reservas atencion
  atencionalcliente atencioncliente clientes cliente soporte ayuda consultas consulta comercial comunicacion prensa
  publicidad rrhh recursoshumanos empleo trabajo curriculum seleccion proveedores logistica almacen tienda exportacion
  finanzas tesoreria cobranzas cobros presidencia secretaria oficina sugerencias reclamos quejas eventos calidad
  sistemas informatica proyectos escuela colegio hola equipo

  contato contatos vendas compra financeiro faturamento contabilidade diretoria recepcao atendimento suporte ajuda
  comunicacao imprensa publicidade marketing-br emprego vagas selecao fornecedores qualidade engenharia producao
  escola secretaria-geral ouvidoria sac loja geral assistencia farmacia

  contatti contatto informazioni vendite acquisti ordini amministrazione amministratore contabilita fatture
  fatturazione segreteria direzione direttore presidenza commerciale-it ufficio ufficiostampa stampa pubblicita
  lavoraconnoi lavoro risorseumane personale assistenza clienti servizioclienti prenotazioni prenota eventi qualita
  tecnico ufficiotecnico magazzino spedizioni negozio scuola comune

  klantenservice klanten verkoop inkoop administratie boekhouding receptie directie secretariaat-nl bestellingen
  facturen factuur vacature vacatures personeel pers redactie communicatie reserveren reserveringen winkel planning-nl
  techniek algemeen kantoor aanvraag aanvragen sollicitatie ledenadministratie bestuur

  acquisition acquisitions growth adwords crm pm pms csm corp co-op coop biz enquire submit response responses respond
  internal external extern intern-team meeting meetings agenda minutes discuss discussion discussions forum chat
  answers thanks thankyou smile happy welcome-team officers principals leaders heads head deputy chief chiefs
  lead-team trustees captains captain pastor pastors ministry ministries worship seniors juniors employee employees
  worker workers colleagues everybody-all founders-team geeks ninjas rockstars angels startups startup ventures
  venture capital portfolio fund funds loans mortgage mortgages claims-team underwriting deposits performance metrics
  data-team bi reporting-team kpi forecast finance-ops time timesheet timesheets expenses expense reimbursements
  receipts receipt statement statements purchase-orders po rfq asset assets auction auctions facilities-team parking
  mailroom postbox post stationery janitor cleaning security-team doorman innkeeper housekeeping room rooms stay
  guestservices guestrelations chef chefs food wine beer drinks coffee bakery dining market markets farm garden
  flowers music band dance film films movie movies art-team animation games game gaming play sport sports golf tennis
  soccer football league tournament tickets-office season trips trip cruise cruises flights charter chartering yacht
  boat boats auto cars car motors parts-dept fitness-team yoga wedding weddings party parties fun join-us joinus
  subscribe-me optin optout remove abuse-team junk trash dump null void root-admin superuser sudo asdf aaa abc xyz foo
  foobar dummy sample temp tmp staging prod release releases launch launches deploy deployment integration
  integrations frontend backend webdev webservices webhosting outage outages incident incidents oncall uptime inoc
  noc-team isp ispfeedback peering routing ip ipadmin arin ripe arin-abuse ripe-abuse internet intranet extranet
  portal platform techops itops secops infosec cyber cybersecurity certificates whois mailman listmaster wordpress
  facebook twitter linkedin instagram youtube google slackbot googlealerts calendar-invite invites invitation
  invitations invite rsvp notes note wiki docs documentation document documents drive share shares shared sharing file
  files forms form print prints vote poll polls contest contests competition competitions prize prizes giveaway
  rewards loyalty gift gifts giftcard coupons discount classof allhands allusers allteachers allstudents faculty-staff
  teachers-team msstaff k12 pta ptsa boosters counseling counselling counselor counselors nursing wellness nutrition
  therapy counselling-team ombudsman mediator translator translators translation translations localization
  localisation language languages english journal journals magazine magazines newspaper news news-tips tip tips
  tipline letters-editor columnists opinion opinions reviews review reviewer reviewers rating ratings testimonials
  references

  informatique logistique logistiek techniek-dienst prefeitura governo colaboradores funcionarios suprimentos contabil
  cobranca administracao juridico licitacao licitacoes planejamento jornalismo capacitacion admisiones matriculas
  matricula docentes alumnos coordinacion academica biblioteca contador auditoria tesorero protocolo protocollo
  reservaciones redazione ufficioacquisti ufficiocommerciale ufficiopersonale ufficiogare magazzini officina posta
  biglietteria todos todas tous toutes envio envios despacho almacenes mantenimiento mantenimento taller
  marketing-latam informatik technik-team haustechnik hausverwaltung einrichtung pflege pflegedienst apotheke kita
  kindergarten pfarramt pfarrbuero stadt stadtverwaltung buergerbuero bauamt standesamt bibliothek museum-info
  reisebuero reisen ferienwohnung gasthof kasse tickets-kasse abo abos leserservice leserbriefe anzeigenleitung
  druckerei

  biuro kontakty sprzedaz zamowienia ksiegowosc faktury kadry praca rekrutacja sekretariat-pl serwis pomoc reklamacje
  handlowy obchod objednavky fakturace uctarna prodej nakup sklad reklamace podpora servis kancelar recepce salg
  kundeservice regnskab faktura ordre bestilling firmapost postmottak resepsjon jobb kundtjanst forsaljning ekonomi
  ekonomia myynti asiakaspalvelu laskutus toimisto ertekesites ugyfelszolgalat penzugy iroda megrendeles vanzari
  comenzi facturare secretariat-ro satis destek muhasebe bilgi iletisim insankaynaklari siparis zakaz zakazy prodazha
  prodazhi buh buhgalteria otdel priemnaya kadr
`

/** All of them, lower case, without separators (what is written with one is known without it too). */
export const roleWords: ReadonlySet<string> = new Set(
  words
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => word.replaceAll('-', '')),
)

/** What stands beside a function without changing it: places, numbers, "our". */
export const besideRoles: ReadonlySet<string> = new Set(
  `
  our the my your us uk usa eu de at ch fr it es nl be pt br ca au nz ie in za sg hk jp cn se no dk fi pl cz hu ro tr
  ru ua mx ar cl co emea apac latam dach north south east west nord sud ost nyc ny la sf london berlin paris online
  new team group dept department office service services center centre desk and und et y e of for to no not do reply
  central regional world worldwide
`
    .trim()
    .split(/\s+/),
)
