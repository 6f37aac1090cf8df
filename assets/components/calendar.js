/* FullCalendar with our views, words and look. Props are plain values; what happens is told by
   onEventClick(id), onDateClick(date), onEventDrop(id, start) and onDatesSet(start, end, view).
   What was dropped springs back when `springs` changes. See components/calendar.py. */
import { createElement, useEffect, useRef } from "react";
import FullCalendar from "@fullcalendar/react";
import dayGridPlugin from "@fullcalendar/react/daygrid";
import interactionPlugin from "@fullcalendar/react/interaction";
import listPlugin from "@fullcalendar/react/list";
import timeGridPlugin from "@fullcalendar/react/timegrid";
import classicTheme from "@fullcalendar/react/themes/classic";
import "@fullcalendar/react/skeleton.css";
import "@fullcalendar/react/themes/classic/theme.css";
import "./calendar.css";

const PLUGINS = [timeGridPlugin, dayGridPlugin, listPlugin, interactionPlugin, classicTheme];
const VIEWS = { day: "timeGridDay", week: "timeGridWeek", month: "dayGridMonth", list: "listWeek" };
const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

const nameOfView = (type) => Object.keys(VIEWS).find((name) => VIEWS[name] === type);
const viewForThisScreen = () => (window.matchMedia("(width < 48rem)").matches ? "day" : "week");

function eventContent(info) {
  const { title, extendedProps } = info.event;
  const isGrid = info.view.type.startsWith("timeGrid");
  return createElement(
    "span",
    { className: info.isShort || !isGrid ? "calendar-line" : "calendar-lines" },
    // The place in the grid says when it is; to a screen reader the words must.
    createElement("span", { className: isGrid ? "visually-hidden" : "calendar-time" }, info.timeText, " "),
    createElement("strong", null, title),
    extendedProps.detail ? createElement("span", null, extendedProps.detail) : null,
    extendedProps.changed ? createElement("span", { className: "visually-hidden" }, ` ${extendedProps.changed}`) : null,
  );
}

function dayHeaderContent(info) {
  return createElement(
    "span",
    { className: "calendar-day" },
    info.weekdayText,
    info.dayNumberText ? createElement("strong", null, ` ${info.dayNumberText}`) : null,
  );
}

export function AppointmentCalendar({
  events = [],
  closed = [],
  view = "",
  date = "",
  timeZone = "UTC",
  locale = "en-GB",
  slotMinTime = "07:00:00",
  slotMaxTime = "20:00:00",
  weekends = true,
  noEventsText = "",
  springs = 0,
  onEventClick,
  onDateClick,
  onEventDrop,
  onDatesSet,
}) {
  const calendar = useRef(null);
  const firstView = useRef(VIEWS[view || viewForThisScreen()]);

  useEffect(() => {
    const api = calendar.current.getApi();
    const wanted = VIEWS[view] ?? api.view.type;
    // Outside React's effects, because FullCalendar renders what this changes at once.
    queueMicrotask(() => {
      if (wanted !== api.view.type) api.changeView(wanted, date || undefined);
      else if (date) api.gotoDate(date);
    });
  }, [view, date]);

  const dropped = useRef(null);
  useEffect(() => {
    // The same events sent again would not move it back.
    dropped.current?.revert();
    dropped.current = null;
  }, [springs]);
  useEffect(() => {
    dropped.current = null;
  }, [events]);

  const shaded = closed.map((span) => ({ ...span, display: "background", className: "calendar-closed" }));
  // Sessions and time off have no id: they stand there to be seen, not to be opened.
  const appointments = events.map(({ kind, movable, changed, ...event }) => ({
    ...event,
    interactive: Boolean(event.id),
    startEditable: Boolean(onEventDrop) && movable === "yes",
    className: `calendar-event calendar-event-${kind}${changed ? " calendar-event-changed" : ""}`,
    changed,
  }));

  return createElement(FullCalendar, {
    ref: calendar,
    plugins: PLUGINS,
    initialView: firstView.current,
    initialDate: date || undefined,
    events: [...shaded, ...appointments],
    timeZone,
    locale,
    firstDay: 1,
    weekends,
    slotMinTime,
    slotMaxTime,
    slotDuration: "00:30:00",
    slotHeaderInterval: "01:00:00",
    slotHeaderFormat: CLOCK,
    eventTimeFormat: CLOCK,
    dayHeaderFormat: { weekday: "short", day: "numeric" },
    dayHeaderContent,
    views: { dayGridMonth: { dayHeaderFormat: { weekday: "short" } } },
    headerToolbar: false,
    allDaySlot: false,
    nowIndicator: true,
    height: "auto",
    tableHeaderSticky: true,
    tableHeaderClass: "calendar-head",
    slotHeaderClass: "calendar-hour",
    nowIndicatorLineClass: "calendar-now",
    listDayHeaderClass: "calendar-list-day",
    listItemEventBeforeClass: "calendar-dot",
    viewClass: (info) => `calendar-${nameOfView(info.view?.type ?? info.type)}`,
    borderless: true,
    dayCellClass: (info) => (info.isToday ? "calendar-today" : ""),
    eventShortHeight: 40,
    slotMinHeight: 44, // a visit of 15 minutes is a line high, one of 30 has room for two
    expandRows: true,
    slotEventOverlap: false,
    dayMaxEvents: 4,
    eventMinHeight: 18,
    eventInteractive: true,
    snapDuration: "00:15:00", // the dialog takes any minute
    eventDurationEditable: false,
    eventDrop: (info) => {
      dropped.current = info;
      onEventDrop?.(info.event.id, info.event.startStr);
    },
    eventContent,
    noEventsText,
    eventClick: (info) => {
      if (info.event.id) onEventClick?.(info.event.id);
    },
    dateClick: (info) => onDateClick?.(info.dateStr),
    datesSet: (info) => onDatesSet?.(info.startStr, info.endStr, nameOfView(info.view.type)),
  });
}
