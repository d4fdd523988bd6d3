import { useEffect, useState, type ReactElement } from 'react';
import type { Line, Room } from './types.ts';
import { say, type Word, words } from './words.ts';

/** More rooms than can be read from afar take turns. */
const rooms_max = 5;
const turn_ms = 12_000;
/** So few rooms leave space for larger letters. */
const few = 3;

export function RoomTable({ rooms }: { rooms: readonly Room[] }): ReactElement {
  const pages = Math.max(1, Math.ceil(rooms.length / rooms_max));
  const page = useTurns(pages);
  if (rooms.length === 0)
    return (
      <section className="nobody">
        <p>{say('nobody')}</p>
        <p>{say('nobody-text')}</p>
      </section>
    );
  return (
    <section className={rooms.length <= few ? 'rooms few' : 'rooms'}>
      <table>
        <thead>
          <tr>
            {(['room', 'called', 'next', 'missed'] as const).map((key) => (
              <th key={key} scope="col">
                {say(key)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rooms.slice(page * rooms_max, (page + 1) * rooms_max).map((room) => (
            <RoomRow key={room.session_id} room={room} />
          ))}
        </tbody>
      </table>
      {pages > 1 && <p className="pages">{say('page', { n: page + 1, all: pages })}</p>}
    </section>
  );
}

function useTurns(pages: number): number {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (pages === 1) return undefined;
    const timer = setInterval(() => setTurn((n) => n + 1), turn_ms);
    return () => clearInterval(timer);
  }, [pages]);
  return turn % pages;
}

function RoomRow({ room }: { room: Room }): ReactElement {
  return (
    <tr>
      <th scope="row">
        <span className="room">{room.room || room.service_name}</span>
        <span className="doctor">{room.practitioner_name ?? room.service_name}</span>
        <span className="count">{say('waiting', { n: room.waiting })}</span>
      </th>
      <td className="called">
        <Lines lines={room.called.slice(0, 1)} />
      </td>
      <td>
        <Lines lines={room.next} />
      </td>
      <td className="small">
        <Lines lines={room.missed} bare />
      </td>
    </tr>
  );
}

function Lines({ lines, bare = false }: { lines: readonly Line[]; bare?: boolean }): ReactElement {
  return (
    <ul>
      {lines.map((line) => (
        <li key={line.sequence}>
          <span className="number">{say('number', { n: line.sequence })}</span>{' '}
          {line.name_masked && <span className="name">{line.name_masked}</span>}{' '}
          {!bare &&
            line.tags.map((tag) => (
              <span key={tag} className="tag">
                {tagText(tag)}
              </span>
            ))}
        </li>
      ))}
    </ul>
  );
}

function tagText(tag: string): string {
  const key = `tag.${tag}`;
  return key in words ? say(key as Word) : tag;
}
