export interface Place {
  readonly city: string
  readonly state: string
  readonly country: string
  readonly postcode: string
  /** Of the telephone. Reserved numbers (555-01xx) exist in North America only, so places elsewhere borrow an area. */
  readonly area: string
}

const place = (city: string, state: string, country: string, postcode: string, area: string): Place => ({
  city,
  state,
  country,
  postcode,
  area,
})

export const places: readonly Place[] = [
  place('Austin', 'Texas', 'US', '78701', '512'),
  place('Boston', 'Massachusetts', 'US', '02108', '617'),
  place('Chicago', 'Illinois', 'US', '60601', '312'),
  place('Denver', 'Colorado', 'US', '80202', '303'),
  place('Seattle', 'Washington', 'US', '98101', '206'),
  place('Portland', 'Oregon', 'US', '97201', '503'),
  place('Atlanta', 'Georgia', 'US', '30303', '404'),
  place('Miami', 'Florida', 'US', '33130', '305'),
  place('New York', 'New York', 'US', '10001', '212'),
  place('San Francisco', 'California', 'US', '94103', '415'),
  place('Los Angeles', 'California', 'US', '90012', '213'),
  place('Phoenix', 'Arizona', 'US', '85003', '602'),
  place('Nashville', 'Tennessee', 'US', '37201', '615'),
  place('Minneapolis', 'Minnesota', 'US', '55401', '612'),
  place('Raleigh', 'North Carolina', 'US', '27601', '919'),
  place('Philadelphia', 'Pennsylvania', 'US', '19103', '215'),
  place('Toronto', 'Ontario', 'CA', 'M5H 2N2', '416'),
  place('Vancouver', 'British Columbia', 'CA', 'V6B 1A1', '604'),
  place('London', 'England', 'GB', 'EC1A 1BB', '212'),
  place('Berlin', 'Berlin', 'DE', '10115', '212'),
  place('Munich', 'Bavaria', 'DE', '80331', '415'),
  place('Vienna', 'Vienna', 'AT', '1010', '303'),
  place('Paris', 'Île-de-France', 'FR', '75001', '312'),
  place('Amsterdam', 'North Holland', 'NL', '1012 AB', '617'),
]

/** An E.164 number that is reserved for fiction: +1 <area> 555 01xx. */
export const reservedPhone = (area: string, throwOf: number): string =>
  `+1${area}55501${String(throwOf % 100).padStart(2, '0')}`
