/** What the server tells a linked screen; a name is null where only numbers are shown. */
export type Line = { sequence: number; name_masked: string | null; tags: string[]; calls: number };

export type Room = {
  session_id: string;
  department_name: string;
  service_name: string;
  practitioner_name: string | null;
  room: string;
  called: Line[];
  next: Line[];
  missed: Line[];
  waiting: number;
};

export type View = {
  name: string;
  hospital_name: string;
  campus_name: string;
  department_name: string | null;
  now: string;
  check_in: { code: string; until: string };
  rooms: Room[];
};
