import type { ReactNode } from "react";

/**
 * The app's own icons: 24 units square, one stroke, hidden from screen readers (their button
 * carries the name).
 */
function icon(drawing: ReactNode) {
  return function Icon({ size = 22 }: { size?: number }) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.7"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        {drawing}
      </svg>
    );
  };
}

export const BackIcon = icon(<path d="M15 5l-7 7 7 7" />);
export const ForwardIcon = icon(<path d="M9.5 6l6 6-6 6" />);
export const PlusIcon = icon(<path d="M12 5v14M5 12h14" />);
export const CloseIcon = icon(<path d="M6 6l12 12M18 6L6 18" />);
export const SearchIcon = icon(
  <>
    <circle cx="11" cy="11" r="6.2" />
    <path d="M15.8 15.8L20 20" />
  </>,
);
export const SettingsIcon = icon(
  <>
    <path d="M4 7h9M17.5 7H20M4 17h2.5M11 17h9" />
    <circle cx="15.2" cy="7" r="2.2" />
    <circle cx="8.8" cy="17" r="2.2" />
  </>,
);
export const SendIcon = icon(<path d="M12 19V5.5M6 11l6-6 6 6" />);
export const MoreIcon = icon(
  <>
    <circle cx="12" cy="5.6" r="1" fill="currentColor" />
    <circle cx="12" cy="12" r="1" fill="currentColor" />
    <circle cx="12" cy="18.4" r="1" fill="currentColor" />
  </>,
);
export const CopyIcon = icon(
  <>
    <rect x="8.5" y="8.5" width="11" height="11" rx="2.4" />
    <path d="M15.5 8.5V7A2.5 2.5 0 0 0 13 4.5H7A2.5 2.5 0 0 0 4.5 7v6A2.5 2.5 0 0 0 7 15.5h1.5" />
  </>,
);
export const ShareIcon = icon(
  <path d="M12 15V4M8 7.5L12 3.8l4 3.7M6 11.5H5.5A1.5 1.5 0 0 0 4 13v5.5A1.5 1.5 0 0 0 5.5 20h13a1.5 1.5 0 0 0 1.5-1.5V13a1.5 1.5 0 0 0-1.5-1.5H18" />,
);
export const TrashIcon = icon(
  <path d="M4.5 6.5h15M9.5 6.5V4.8c0-.5.4-.8.8-.8h3.4c.4 0 .8.3.8.8v1.7M6.5 6.5l.8 12a1.6 1.6 0 0 0 1.6 1.5h6.2a1.6 1.6 0 0 0 1.6-1.5l.8-12M10.2 10.5v5.5M13.8 10.5v5.5" />,
);
export const ResendIcon = icon(<path d="M19.5 12a7.5 7.5 0 1 1-2.3-5.4M19.5 4.5v4h-4" />);
export const CheckIcon = icon(<path d="M5 12.5l4.5 4.5L19 7.5" />);
export const WarningIcon = icon(
  <>
    <path d="M12 4.3l8.3 14.5a.8.8 0 0 1-.7 1.2H4.4a.8.8 0 0 1-.7-1.2L12 4.3z" />
    <path d="M12 10v4.3M12 17.2v.1" />
  </>,
);
export const InfoIcon = icon(
  <>
    <circle cx="12" cy="12" r="8" />
    <path d="M12 11.3V16M12 8v.1" />
  </>,
);
export const OfflineIcon = icon(
  <path d="M4 4l16 16M8.7 15.5a4.7 4.7 0 0 1 5.9-.6M5.3 12.3a9.3 9.3 0 0 1 4-2.3M18.7 12.3a9.3 9.3 0 0 0-4.9-2.5M2.7 8.9A13.6 13.6 0 0 1 6.7 6.4M21.3 8.9a13.6 13.6 0 0 0-10-3.5M12 19v.1" />,
);
export const MutedIcon = icon(
  <path d="M4 4l16 16M17.5 17H5.5l1.3-2.2c.3-.6.5-1.2.5-1.9V11c0-.6.1-1.2.3-1.7M9.6 6.5A5 5 0 0 1 17 11v1.5M10.3 19.5c.4.5 1 .8 1.7.8s1.3-.3 1.7-.8" />,
);
export const BellIcon = icon(
  <path d="M5.5 17h13l-1.3-2.2c-.3-.6-.5-1.2-.5-1.9V11a4.7 4.7 0 0 0-9.4 0v1.9c0 .7-.2 1.3-.5 1.9L5.5 17zM10.3 19.5c.4.5 1 .8 1.7.8s1.3-.3 1.7-.8" />,
);
export const BlockIcon = icon(
  <>
    <circle cx="12" cy="12" r="8" />
    <path d="M6.5 6.5l11 11" />
  </>,
);
export const PersonIcon = icon(
  <>
    <circle cx="12" cy="8.5" r="3.7" />
    <path d="M5 19.5c.8-3.5 3.6-5.3 7-5.3s6.2 1.8 7 5.3" />
  </>,
);
export const GroupIcon = icon(
  <>
    <circle cx="9" cy="9" r="3.2" />
    <path d="M3 19c.6-3 3-4.6 6-4.6s5.4 1.6 6 4.6M15.2 6.2a3 3 0 0 1 0 5.7M17.4 14.9c1.9.6 3.2 2 3.6 4.1" />
  </>,
);
export const ProfilesIcon = icon(
  <>
    <rect x="3.5" y="6.5" width="12" height="14" rx="2.5" />
    <path d="M8 3.5h10a2.5 2.5 0 0 1 2.5 2.5v10M6.6 17.2c.5-1.7 1.6-2.6 2.9-2.6s2.4.9 2.9 2.6" />
    <circle cx="9.5" cy="11.6" r="1.7" />
  </>,
);
export const HourglassIcon = icon(
  <path d="M7 4h10M7 20h10M8 4v3.2c0 1.9 4 3 4 4.8s-4 2.9-4 4.8V20M16 4v3.2c0 1.9-4 3-4 4.8s4 2.9 4 4.8V20" />,
);
export const HistoryIcon = icon(<path d="M4.5 12a7.5 7.5 0 1 0 2.3-5.4M4.5 4.5v4h4M12 8v4.2l2.8 1.7" />);
export const LeaveIcon = icon(
  <path d="M13 4.5H7A1.5 1.5 0 0 0 5.5 6v12A1.5 1.5 0 0 0 7 19.5h6M10.5 12h9M16 8.5l3.5 3.5-3.5 3.5" />,
);
export const DeviceIcon = icon(
  <>
    <rect x="4" y="5" width="16" height="10.5" rx="1.8" />
    <path d="M2.5 19h19" />
  </>,
);
export const LockIcon = icon(
  <>
    <rect x="5.5" y="10.5" width="13" height="9" rx="2.2" />
    <path d="M8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5" />
  </>,
);
export const KeyIcon = icon(
  <>
    <circle cx="8" cy="15.5" r="3.5" />
    <path d="M10.6 13L19 4.5M15.5 8l2.5 2.5" />
  </>,
);
export const EyeIcon = icon(
  <>
    <path d="M2.8 12S6 6 12 6s9.2 6 9.2 6S18 18 12 18 2.8 12 2.8 12z" />
    <circle cx="12" cy="12" r="2.6" />
  </>,
);
export const EyeOffIcon = icon(
  <path d="M4 4l16 16M9.9 6.3A8.9 8.9 0 0 1 12 6c6.2 0 9.2 6 9.2 6a15 15 0 0 1-2.6 3.3M6.2 7.7A14.6 14.6 0 0 0 2.8 12s3 6 9.2 6a8.7 8.7 0 0 0 3.9-.9M10.2 10.2a2.6 2.6 0 0 0 3.6 3.6" />,
);
export const StorageIcon = icon(
  <>
    <ellipse cx="12" cy="6.5" rx="7.5" ry="2.8" />
    <path d="M4.5 6.5v11c0 1.5 3.4 2.8 7.5 2.8s7.5-1.3 7.5-2.8v-11M4.5 12c0 1.5 3.4 2.8 7.5 2.8s7.5-1.3 7.5-2.8" />
  </>,
);
export const LanguageIcon = icon(
  <>
    <circle cx="12" cy="12" r="8.2" />
    <path d="M3.8 12h16.4M12 3.8c2.4 2.3 3.6 5 3.6 8.2S14.4 17.9 12 20.2C9.6 17.9 8.4 15.2 8.4 12S9.6 6.1 12 3.8z" />
  </>,
);
export const ThemeIcon = icon(
  <>
    <circle cx="12" cy="12" r="8" />
    <path d="M12 4a8 8 0 0 1 0 16z" fill="currentColor" />
  </>,
);
export const StoreIcon = icon(
  <>
    <rect x="4" y="4.5" width="16" height="6.5" rx="1.8" />
    <rect x="4" y="13" width="16" height="6.5" rx="1.8" />
    <path d="M7.5 7.8v.1M7.5 16.3v.1" />
  </>,
);
export const ShieldIcon = icon(
  <path d="M12 3.8l7 2.5v5.2c0 4.2-2.9 7.3-7 8.7-4.1-1.4-7-4.5-7-8.7V6.3l7-2.5zM9 12l2.2 2.2L15.2 10" />,
);
export const CameraIcon = icon(
  <path d="M4 8.5V6a2 2 0 0 1 2-2h2.5M15.5 4H18a2 2 0 0 1 2 2v2.5M20 15.5V18a2 2 0 0 1-2 2h-2.5M8.5 20H6a2 2 0 0 1-2-2v-2.5M4 12h16" />,
);
export const InviteIcon = icon(
  <>
    <circle cx="10" cy="8.5" r="3.5" />
    <path d="M3.5 19c.7-3.3 3.3-5 6.5-5 1.8 0 3.4.5 4.6 1.6M18 13.5v6M15 16.5h6" />
  </>,
);
export const EnvelopeIcon = icon(
  <path d="M4 7.5A1.5 1.5 0 0 1 5.5 6h13A1.5 1.5 0 0 1 20 7.5v9a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 16.5v-9zM4.5 7.5l7.5 6 7.5-6" />,
);
export const DownIcon = icon(<path d="M6 9.5l6 6 6-6" />);
export const UpIcon = icon(<path d="M6 14.5l6-6 6 6" />);
export const WriteIcon = icon(
  <path d="M5 19l1-4L16.2 4.8a1.6 1.6 0 0 1 2.3 0l.7.7a1.6 1.6 0 0 1 0 2.3L9 18l-4 1zM14.5 6.5l3 3" />,
);
export const ClockIcon = icon(
  <>
    <circle cx="12" cy="12" r="7.5" />
    <path d="M12 7.8V12l2.8 1.7" />
  </>,
);

export const BoldIcon = icon(<path d="M7.5 5h5.2a3.5 3.5 0 0 1 0 7H7.5zM7.5 12h6a3.5 3.5 0 0 1 0 7h-6z" />);
export const ItalicIcon = icon(<path d="M10 5h7M7 19h7M13.5 5l-3 14" />);
export const StrikeIcon = icon(
  <path d="M4.5 12h15M16.5 8c-.4-1.9-2-3-4.4-3-2.5 0-4.2 1.2-4.2 3.1 0 .7.2 1.3.6 1.8M7.5 16c.4 1.9 2.1 3 4.6 3 2.7 0 4.4-1.2 4.4-3.2 0-.7-.2-1.2-.5-1.7" />,
);
export const SpoilerIcon = icon(
  <>
    <rect x="4" y="8" width="16" height="8" rx="2" />
    <path d="M8 12h8" strokeWidth="4" />
  </>,
);
export const CodeIcon = icon(<path d="M8.5 7.5L4 12l4.5 4.5M15.5 7.5L20 12l-4.5 4.5" />);
export const QuoteIcon = icon(<path d="M5 6v12M9.5 8h9M9.5 12h9M9.5 16h6" />);
export const ListIcon = icon(
  <>
    <path d="M9.5 7h10M9.5 12h10M9.5 17h10" />
    <path d="M5 7h.01M5 12h.01M5 17h.01" strokeWidth="2.6" />
  </>,
);
export const ReplyIcon = icon(<path d="M9.5 6L4.5 11l5 5M5 11h8.5a6 6 0 0 1 6 6v1" />);
export const StarIcon = icon(<path d="M12 4.5l2.3 4.8 5.2.7-3.8 3.7.9 5.3-4.6-2.5L7.4 19l.9-5.3L4.5 10l5.2-.7z" />);
export const SmileIcon = icon(
  <>
    <circle cx="12" cy="12" r="8" />
    <path d="M8.8 14.2a4 4 0 0 0 6.4 0M9.3 10h.01M14.7 10h.01" />
  </>,
);
export const FormatIcon = icon(
  <path d="M3.5 18L8.5 6l5 12M5.2 14h6.6M20 18v-7.5M20 14.2a2.9 2.9 0 1 1-5.8 0 2.9 2.9 0 0 1 5.8 0z" />,
);

/** The mark: a sheet folded once, the way a *pli* is. */
export function Mark({ size = 40 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 48 48" aria-hidden="true" focusable="false">
      <rect width="48" height="48" rx="13" fill="var(--accent)" />
      <path d="M13 15.5h22v17a2 2 0 0 1-2 2H15a2 2 0 0 1-2-2v-17z" fill="var(--on-accent)" opacity="0.34" />
      <path d="M13 13.5h22L25.4 24a2 2 0 0 1-2.9 0L13 13.5z" fill="var(--on-accent)" />
    </svg>
  );
}
